"""Gain: what level normalisation leaves of a recording's loudness must not matter."""

from __future__ import annotations

import numpy as np

from worker.spectrogram import Waveform


def amplify(waveform: Waveform, gain_db: float) -> Waveform:
    """Scale a waveform, float32 (samples,), by `gain_db` decibels; may exceed full scale."""
    return waveform * np.float32(10 ** (gain_db / 20))
