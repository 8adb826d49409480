"""Gain: what level normalisation leaves of a recording's loudness must not matter."""

from __future__ import annotations

import numpy as np

from worker.spectrogram import Waveform


def amplify(waveform: Waveform, gain_db: float) -> Waveform:
    """Scale a waveform, float32 (samples,), by `gain_db` decibels; may exceed full scale."""
    return waveform * np.float32(10 ** (gain_db / 20))


def within_full_scale(waveform: Waveform) -> Waveform:
    """Turn a waveform, float32 (samples,), down where it exceeds full scale, so nothing clips."""
    peak = float(np.abs(waveform).max(initial=0.0))
    return waveform / np.float32(max(1.0, peak))
