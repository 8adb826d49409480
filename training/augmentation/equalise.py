"""Random channel: the microphone, the room and a codec's low-pass colour what they carry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.spectrogram import Waveform


def equalise(
    waveform: Waveform, sample_rate: int, gains_db: Sequence[float], cutoff_hz: float | None
) -> Waveform:
    """Filter with a smooth response, and optionally a steep low-pass, without phase shift.

    Args:
        waveform: float32 (samples,).
        sample_rate: Hz.
        gains_db: gains at points evenly spaced on the mel scale from 0 Hz to half the sample
            rate; linear in between.
        cutoff_hz: above it the response falls by 60 dB within a third of an octave.

    Returns:
        float32 (samples,).
    """
    spectrum = np.fft.rfft(waveform)
    frequencies = np.fft.rfftfreq(len(waveform), 1 / sample_rate)
    mel = np.log1p(frequencies / 700.0)
    gain_db = np.interp(mel, np.linspace(0.0, mel[-1], len(gains_db)), gains_db)
    if cutoff_hz is not None:
        octaves_above = np.log2(np.maximum(frequencies, 1.0) / cutoff_hz)
        gain_db = gain_db - 60.0 * np.clip(3.0 * octaves_above, 0.0, 1.0)
    filtered = np.fft.irfft(spectrum * 10 ** (gain_db / 20), n=len(waveform))
    return filtered.astype(np.float32)
