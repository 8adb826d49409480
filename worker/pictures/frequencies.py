"""The frequency axis: even in mel, which is how pitches are heard."""

from __future__ import annotations

import librosa
import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def mel(hz: npt.ArrayLike) -> Doubles:
    """Frequency (Hz, from 0) as mel: 2595 log10(1 + f / 700), after O'Shaughnessy 1987."""
    return np.asarray(librosa.hz_to_mel(np.asarray(hz, dtype=np.float64), htk=True))


def band_borders(highest_hz: float, bands: int) -> Doubles:
    """Borders (bands + 1,) from 0 to `highest_hz`, Hz, even in mel."""
    borders = np.asarray(librosa.mel_frequencies(bands + 1, fmin=0.0, fmax=highest_hz, htk=True))
    borders[-1] = highest_hz
    return borders
