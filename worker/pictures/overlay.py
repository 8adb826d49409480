"""A clip's evidence → what is laid over its spectrogram, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worker.model.evidence import ClipEvidence, ClipMap
from worker.pictures.levels import Levels

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What the network made of each cell of a spectrogram.

    Attributes:
        values: float64 (columns, bands) of the spectrogram, of a map from `-limit` to `limit`, of
            attention from 0 to `limit`.
        limit: above 0.
        is_map: parts of the logit, above 0 for `sick`; else the attention, percent a second.
        beyond: of a map, the part of the logit that lies in the silence after the end.
        matters: of a map, whether that is more than a twentieth of all that it holds.
    """

    values: Doubles
    limit: float
    is_map: bool
    beyond: float = 0.0
    matters: bool = False


def overlay_of(evidence: ClipEvidence, levels: Levels) -> Overlay:
    """The map, or, where the network gives none, the attention over its patches."""
    if evidence.map is not None:
        return _map(evidence.map, levels)
    density = _attention_density(evidence, levels.times_s)
    values = np.repeat(density[:, None], len(levels.bands_hz) - 1, axis=1)
    return Overlay(values, _limit(values), is_map=False)


def _map(clip_map: ClipMap, levels: Levels) -> Overlay:
    columns, _ = _cells(levels.times_s, clip_map.times_s)
    if clip_map.bands_hz is None:
        over_time = clip_map.values.sum(axis=1)[columns]
        values = np.repeat(over_time[:, None], len(levels.bands_hz) - 1, axis=1)
    else:
        bands, inside = _cells(levels.bands_hz, clip_map.bands_hz)
        values = np.where(inside, clip_map.values[columns][:, bands], 0.0)
    beyond = float(clip_map.values[clip_map.times_s[:-1] >= levels.times_s[-1]].sum())
    matters = abs(beyond) > 0.05 * np.abs(clip_map.values).sum()
    return Overlay(values, _limit(values), is_map=True, beyond=beyond, matters=matters)


def _cells(borders: Doubles, of: Doubles) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """In which cell, by its borders `of`, the middle of each fine cell lies; whether in any."""
    middles = (borders[:-1] + borders[1:]) / 2
    cells = np.searchsorted(of, middles, side="right") - 1
    last = len(of) - 2
    return np.clip(cells, 0, last), (cells >= 0) & (cells <= last)


def _attention_density(evidence: ClipEvidence, times_s: Doubles) -> Doubles:
    """Percent of the attention a second, at the middle of each column."""
    middles = (times_s[:-1] + times_s[1:]) / 2
    begins, ends = evidence.patches_s.T
    density = 100 * evidence.attention / (ends - begins)
    heard = (begins[:, None] <= middles) & (middles < ends[:, None])
    return np.asarray(density @ heard)


def _limit(values: Doubles) -> float:
    return float(np.abs(values).max()) or 1.0
