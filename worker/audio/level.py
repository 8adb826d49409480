"""Level normalisation: the same cough, near or far from the microphone, gives the same input."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shared.bundle import Level


def normalise_level(waveform: npt.NDArray[np.float32], level: Level) -> npt.NDArray[np.float32]:
    """Scale a waveform to the level that the bundle asks for.

    Args:
        waveform: float32 (samples,), full scale ±1.
        level: `peak` scales the largest magnitude, `rms` the root mean square, to `target_dbfs`;
            the gain never exceeds `max_gain_db`. Digital silence stays silence.

    Returns:
        float32 (samples,). May exceed ±1 under `rms`: nothing after it clips.
    """
    if level.method == "none" or not len(waveform):
        return waveform
    if level.method == "peak":
        magnitude = float(np.max(np.abs(waveform)))
    else:
        magnitude = float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64))))
    if magnitude == 0.0:
        return waveform
    gain = min(10 ** (level.target_dbfs / 20) / magnitude, 10 ** (level.max_gain_db / 20))
    return waveform * np.float32(gain)
