"""The kinds of features, against what their definitions say; patches of each end in silence."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bundle import FrontEnd, Level, Picture
from tests.support import recordings
from tests.support.front_ends import YAMNET
from worker.features import compute_features, cut_patches, features_of_silence, waveform_to_patches
from worker.spectrogram import log_mel_spectrogram

MFCC = YAMNET.model_copy(update={"features": "mfcc", "mfcc_coefficients": 13})
WAVEFORM = YAMNET.model_copy(update={"features": "waveform"})
PICTURE = YAMNET.model_copy(update={"picture": Picture(low=-7.0, high=3.0)})


def _dct_by_hand(log_mel: npt.NDArray[np.float64], coefficients: int) -> npt.NDArray[np.float64]:
    bands = log_mel.shape[1]
    order = np.arange(coefficients)[:, None]
    basis = np.cos(np.pi * order * (2 * np.arange(bands) + 1) / (2 * bands)) * np.sqrt(2 / bands)
    basis[0] /= np.sqrt(2)
    return np.asarray(log_mel @ basis.T)


def test_log_mel_is_the_spectrogram_itself() -> None:
    cough = recordings.cough(1.0)

    assert np.array_equal(compute_features(cough, YAMNET), log_mel_spectrogram(cough, YAMNET))


def test_mfcc_are_the_dct_of_the_log_mel_and_its_slopes() -> None:
    cough = recordings.cough(1.0)

    features = compute_features(cough, MFCC)

    expected = _dct_by_hand(log_mel_spectrogram(cough, YAMNET).astype(np.float64), 13)
    assert features.shape == (len(expected), MFCC.feature_width) == (97, 39)
    assert np.abs(features[:, :13] - expected).max() < 1e-3
    # The slope of the least-squares line (for the second: twice the parabola's curvature)
    # through nine frames.
    steps = np.arange(-4, 5)
    for middle in (4, 40, 92):
        window = expected[middle - 4 : middle + 5]
        assert np.abs(features[middle, 13:26] - np.polyfit(steps, window, 1)[0]).max() < 1e-3
        assert np.abs(features[middle, 26:] - 2 * np.polyfit(steps, window, 2)[0]).max() < 1e-3


@pytest.mark.parametrize("samples", [1, 512, 513, 1400])
def test_mfcc_of_a_few_frames_are_finite(samples: int) -> None:
    features = compute_features(recordings.cough(1.0)[:samples], MFCC)

    assert features.shape[1] == 39
    assert np.isfinite(features).all()


@given(samples=st.integers(1, 2000), hop=st.integers(1, 400))
def test_a_waveform_is_cut_without_loss(samples: int, hop: int) -> None:
    front_end = WAVEFORM.model_copy(update={"hop_length": hop})
    cough = recordings.cough(1.0)[:samples]

    features = compute_features(cough, front_end)

    assert features.dtype == np.float32
    assert features.shape == (-(-samples // hop), hop)
    assert np.array_equal(features.ravel()[:samples], cough)
    assert not features.ravel()[samples:].any()


def test_a_picture_has_a_pngs_levels() -> None:
    cough = recordings.cough(1.0)
    log_mel = log_mel_spectrogram(cough, YAMNET)

    levels = compute_features(cough, PICTURE)

    assert np.array_equal(levels, levels.astype(np.uint8))
    assert np.abs((levels / 25.5 - 7.0) - np.clip(log_mel, -7.0, 3.0)).max() <= 0.5 / 25.5 + 1e-4


def test_what_is_beyond_the_picture_is_black_or_white() -> None:
    narrow = YAMNET.model_copy(update={"picture": Picture(low=-3.0, high=-2.0)})
    cough = recordings.cough(1.0)
    log_mel = log_mel_spectrogram(cough, YAMNET)

    levels = compute_features(cough, narrow)

    assert (log_mel < -3.1).any()
    assert (log_mel > -1.9).any()
    assert set(levels[log_mel < -3.1]) == {0.0}
    assert set(levels[log_mel > -1.9]) == {255.0}


@pytest.mark.parametrize("front_end", [YAMNET, PICTURE, MFCC, WAVEFORM])
def test_the_padding_is_what_silence_looks_like(front_end: FrontEnd) -> None:
    silent = compute_features(np.zeros(16_000, np.float32), front_end)

    assert np.allclose(silent, features_of_silence(front_end), atol=1e-4)
    patches = cut_patches(silent[:7], front_end)
    assert patches.shape == (1, 96, front_end.feature_width)
    assert np.allclose(patches[0, 7:], silent[0], atol=1e-4)


@pytest.mark.parametrize("features", ["logmel", "mfcc", "waveform"])
def test_the_level_is_normalised_first(features: Literal["logmel", "mfcc", "waveform"]) -> None:
    front_end = YAMNET.model_copy(update={"features": features, "level": Level(method="rms")})
    cough = recordings.cough(1.0)

    patches = waveform_to_patches(cough, front_end)

    assert patches.dtype == np.float32
    assert np.allclose(patches, waveform_to_patches(cough * np.float32(0.1), front_end), atol=1e-3)
    assert not np.allclose(patches, cut_patches(compute_features(cough, front_end), front_end))
