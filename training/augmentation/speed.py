"""Speed perturbation (Ko et al. 2015): tempo and pitch change together, as between people."""

from __future__ import annotations

import numpy as np
import soxr

from worker.spectrogram import Waveform

_RATE = 16_000


def change_speed(waveform: Waveform, factor: float) -> Waveform:
    """Play a waveform `factor` times as fast.

    Args:
        waveform: float32 (samples,).
        factor: above 1 is shorter and higher.

    Returns:
        float32 (about samples / factor,).
    """
    faster = soxr.resample(waveform, _RATE * factor, _RATE, quality="HQ")
    return np.asarray(faster, dtype=np.float32)
