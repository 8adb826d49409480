"""Keep the loudest stretch only: who presses record, coughs and stops sends no five seconds."""

from __future__ import annotations

import numpy as np

from worker.spectrogram import Waveform


def keep_loudest(waveform: Waveform, samples: int) -> Waveform:
    """Cut a waveform down to its loudest stretch.

    Args:
        waveform: float32 (samples,).
        samples: of the stretch, at least one; a shorter waveform stays whole.

    Returns:
        float32 (at most samples,): the first of the stretches with the most energy.
    """
    if samples >= len(waveform):
        return waveform
    energy = np.concatenate([[0.0], np.cumsum(np.square(waveform, dtype=np.float64))])
    start = int(np.argmax(energy[samples:] - energy[:-samples]))
    return waveform[start : start + samples]
