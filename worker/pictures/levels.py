"""Waveform → levels over time and frequency, of a bounded number of columns and rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worker.pictures.frequencies import band_borders

COLUMNS = 800
BANDS = 96
RANGE_DB = 80  # below the loudest level
QUIET_DB = -40  # what is softer than this does not get a range of its own: silence stays dark

_WINDOW_S = 0.032
_ALMOST_NOTHING = 1e-12  # power: no logarithm of 0
_FRAMES_AT_ONCE = 1000  # bounds the memory that a spectrum takes

Whole = npt.NDArray[np.int16]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud each frequency was at each time.

    Attributes:
        levels_db: int16 (COLUMNS, BANDS), the loudest in each cell, whole dB; 0 is a sine of full
            scale. From `lowest_db` to `highest_db`.
        times_s: float64 (COLUMNS + 1,), borders of the columns, seconds from the beginning.
        bands_hz: float64 (BANDS + 1,), borders of the bands, even in mel, Hz.
        lowest_db: what is softer is given as this.
        highest_db: `RANGE_DB` above it.
    """

    levels_db: Whole
    times_s: Doubles
    bands_hz: Doubles
    lowest_db: int
    highest_db: int


def levels_of(waveform: npt.NDArray[np.float32], sample_rate: int) -> Levels:
    """The levels of a waveform as it was decoded.

    Hann windows of 32 ms lie evenly over the recording, at least two to a window's length. A cell
    takes the greatest of all that fall into it, so that a click is seen however long the recording.

    Args:
        waveform: float32 (samples,), full scale ±1, at least one sample.
        sample_rate: Hz.
    """
    window = max(16, round(_WINDOW_S * sample_rate))
    fft = 2 << (window - 1).bit_length()  # bins closer together than the lowest bands
    # Frames: a whole number of them to a column, so that all columns are alike.
    per_column = max(1, -(-len(waveform) // (COLUMNS * (window // 2))))
    centres = (np.arange(COLUMNS * per_column) + 0.5) * len(waveform) / (COLUMNS * per_column)
    padded = np.pad(waveform, (window // 2, window))
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)
    taper = np.hanning(window + 1)[:-1].astype(np.float32)
    taper *= 2 / taper.sum()  # a sine of full scale has power 1
    bands_hz = band_borders(sample_rate / 2, BANDS)
    bins = np.floor(bands_hz[:-1] * fft / sample_rate).astype(int)
    loudest = np.empty((len(centres), BANDS), np.float32)
    for begin in range(0, len(centres), _FRAMES_AT_ONCE):
        some = slice(begin, begin + _FRAMES_AT_ONCE)
        spectrum = np.fft.rfft(windows[centres[some].astype(int)] * taper, fft)
        power = spectrum.real**2 + spectrum.imag**2
        loudest[some] = np.maximum.reduceat(power, bins, axis=1)
    cells = loudest.reshape(COLUMNS, per_column, BANDS).max(axis=1)
    levels = np.rint(10 * np.log10(cells + _ALMOST_NOTHING))
    highest = max(int(levels.max()), QUIET_DB)
    lowest = highest - RANGE_DB
    return Levels(
        levels_db=np.maximum(levels, lowest).astype(np.int16),
        times_s=np.linspace(0, len(waveform) / sample_rate, COLUMNS + 1),
        bands_hz=bands_hz,
        lowest_db=lowest,
        highest_db=highest,
    )
