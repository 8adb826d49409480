"""The frequency axis: even in mel, which is how pitches are heard."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def mel(hz: npt.ArrayLike) -> Doubles:
    """Frequency (Hz, from 0) as mel: 2595 log10(1 + f / 700), after O'Shaughnessy 1987."""
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hz, dtype=np.float64) / 700.0))


def band_borders(highest_hz: float, bands: int) -> Doubles:
    """Borders (bands + 1,) from 0 to `highest_hz`, Hz, even in mel."""
    even = np.linspace(0.0, float(mel(highest_hz)), bands + 1)
    borders = 700.0 * (10.0 ** (even / 2595.0) - 1.0)
    borders[-1] = highest_hz
    return np.asarray(borders)
