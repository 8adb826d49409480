"""Circular time shift: the event falls anywhere in the clip and on any patch border."""

from __future__ import annotations

import numpy as np

from worker.spectrogram import Waveform


def rotate(waveform: Waveform, fraction: float) -> Waveform:
    """Move the start of a waveform to `fraction` of its length; what falls off comes in again.

    Args:
        waveform: float32 (samples,).
        fraction: 0 to 1.

    Returns:
        float32 (samples,), the same samples in another order.
    """
    return np.roll(waveform, int(fraction * len(waveform)))
