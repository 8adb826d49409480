"""The log-mel spectrogram against one worked out by hand, with nothing but numpy's FFT."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest

from shared.bundle import FrontEnd
from tests.support import recordings
from tests.support.front_ends import YAMNET
from worker.spectrogram import log_mel_spectrogram


def _mel_of_hz(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 2595.0 * np.log10(1.0 + hz / 700.0)


def _filters_by_hand(front_end: FrontEnd) -> npt.NDArray[np.float64]:
    """Triangles of height 1, evenly spaced on the HTK mel scale."""
    ends = _mel_of_hz(np.array([front_end.fmin_hz, front_end.fmax_hz]))
    mel = np.linspace(ends[0], ends[1], front_end.mel_bands + 2)
    edges = 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    bins = np.arange(front_end.fft_length // 2 + 1) * front_end.sample_rate / front_end.fft_length
    filters = np.zeros((front_end.mel_bands, len(bins)))
    for band in range(front_end.mel_bands):
        low, middle, high = edges[band : band + 3]
        rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
        filters[band] = np.maximum(0.0, np.minimum(rising, falling))
    return filters


def _log_mel_by_hand(waveform: recordings.Waveform, front_end: FrontEnd) -> npt.NDArray[np.float64]:
    length, fft = front_end.window_length, front_end.fft_length
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    before = (fft - length) // 2
    window = np.pad(hann, (before, fft - length - before))
    filters = _filters_by_hand(front_end)
    frames = []
    for start in range(0, len(waveform) - fft + 1, front_end.hop_length):
        spectrum = np.fft.rfft(waveform[start : start + fft].astype(np.float64) * window)
        frames.append(filters @ np.abs(spectrum) ** front_end.power)
    return np.log(np.array(frames) + front_end.log_offset) + front_end.log_shift


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"power": 2.0},
        {"log_shift": 1.41},
        {"hop_length": 100, "window_length": 512, "mel_bands": 40},
        {"sample_rate": 22_050, "fmax_hz": 10_000.0, "fft_length": 1024},
    ],
)
@pytest.mark.parametrize("seconds", [0.05, 1.0])
def test_it_is_what_its_definition_says(change: dict[str, float], seconds: float) -> None:
    front_end = YAMNET.model_copy(update=change)
    cough = recordings.cough(seconds, front_end.sample_rate)

    log_mel = log_mel_spectrogram(cough, front_end)

    expected = _log_mel_by_hand(cough, front_end)
    assert log_mel.dtype == np.float32
    assert log_mel.shape == expected.shape
    assert np.abs(log_mel - expected).max() < 1e-3


def test_silence_is_the_offset_alone() -> None:
    log_mel = log_mel_spectrogram(np.zeros(16_000, np.float32), YAMNET)

    assert np.allclose(log_mel, np.log(0.001))


@pytest.mark.parametrize("samples", [1, 100, 511, 512])
def test_what_is_shorter_than_a_window_is_one_frame(samples: int) -> None:
    waveform = recordings.cough(1.0)[:samples]

    log_mel = log_mel_spectrogram(waveform, YAMNET)

    padded = np.pad(waveform, (0, 512 - samples))
    assert log_mel.shape == (1, 64)
    assert np.abs(log_mel - _log_mel_by_hand(padded, YAMNET)).max() < 1e-3


@pytest.mark.parametrize("hz", [300.0, 1000.0, 4000.0])
def test_a_tone_is_loudest_in_its_band(hz: float) -> None:
    tone = recordings.chirp(0.5, from_hz=hz, to_hz=hz)

    loudest = int(np.argmax(log_mel_spectrogram(tone, YAMNET).mean(axis=0)))

    centres = np.argmax(_filters_by_hand(YAMNET), axis=1) * 16_000 / 512
    assert abs(centres[loudest] - hz) < 0.1 * hz


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_both_mel_scales_cover_the_range(scale: Literal["htk", "slaney"]) -> None:
    front_end = YAMNET.model_copy(update={"mel_scale": scale})

    log_mel = log_mel_spectrogram(recordings.cough(1.0), front_end)

    assert log_mel.shape[1] == 64
    assert np.isfinite(log_mel).all()
