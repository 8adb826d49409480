"""A spectrogram is cut into overlapping patches: nothing is dropped, silence fills the end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.front_ends import YAMNET
from worker.features import cut_patches
from worker.spectrogram import LogMelSpectrogram

SILENCE = np.float32(np.log(np.float32(0.001)))


def _log_mel(frames: int, bands: int = 64) -> LogMelSpectrogram:
    """Each value occurs once."""
    return np.arange(frames * bands, dtype=np.float32).reshape(frames, bands)


@pytest.mark.parametrize(
    ("frames", "count"),
    [(1, 1), (95, 1), (96, 1), (97, 2), (144, 2), (145, 3), (192, 3), (498, 10)],
)
def test_how_many(frames: int, count: int) -> None:
    assert cut_patches(_log_mel(frames), YAMNET).shape == (count, 96, 64)


def test_each_begins_a_hop_after_the_last() -> None:
    log_mel = _log_mel(240)

    patches = cut_patches(log_mel, YAMNET)

    assert len(patches) == 4
    for number, patch in enumerate(patches):
        assert np.array_equal(patch, log_mel[48 * number : 48 * number + 96])


def test_the_end_is_filled_with_silence() -> None:
    log_mel = _log_mel(100)

    last = cut_patches(log_mel, YAMNET)[-1]

    assert np.array_equal(last[:52], log_mel[48:])
    assert np.allclose(last[52:], SILENCE)


def test_silence_is_what_silence_looks_like_to_the_network() -> None:
    shifted = YAMNET.model_copy(update={"log_shift": 1.41})

    assert np.allclose(cut_patches(_log_mel(1), shifted)[0, 1:], np.log(0.001) + 1.41)


@given(
    frames=st.integers(1, 700),
    length=st.integers(1, 120),
    hop=st.integers(1, 120),
    bands=st.integers(1, 4),
)
def test_any_length_and_hop(frames: int, length: int, hop: int, bands: int) -> None:
    hop = min(hop, length)
    front_end = YAMNET.model_copy(update={"patch_frames": length, "patch_hop_frames": hop})
    log_mel = _log_mel(frames, bands)

    patches = cut_patches(log_mel, front_end)

    assert patches.dtype == np.float32
    assert patches.flags.c_contiguous
    assert patches.shape[1:] == (length, bands)
    assert len(patches) == 1 + max(0, math.ceil((frames - length) / hop))
    assert set(log_mel.ravel()) <= set(patches.ravel())  # nothing is dropped
    # No patch is silence alone.
    assert all((patch != SILENCE).any() for patch in patches)
