"""Bootstrap over sources: how often each clip stands in each draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.bundle import Figure

# How often a draw holds each clip: float64 (draws, clips).
Weights = npt.NDArray[np.float64]

RESAMPLES = 2000


def source_weights(sources: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0) -> Weights:
    """Draw whole sources with replacement, since clips of one source resemble each other.

    Args:
        sources: of each clip.
        resamples: number of draws.
        seed: of the draws.
    """
    names, members = np.unique(np.asarray(sources), return_inverse=True)
    drawn = np.random.default_rng(seed).integers(len(names), size=(resamples, len(names)))
    cells = drawn + len(names) * np.arange(resamples)[:, None]
    counts = np.bincount(cells.ravel(), minlength=resamples * len(names))
    return counts.reshape(resamples, len(names))[:, members].astype(np.float64)


def percentile_figure(value: float, draws: npt.NDArray[np.float64]) -> Figure:
    """A value with the 95 % percentile interval (Efron 1979) of its draws.

    Args:
        value: on all clips.
        draws: (draws,); those that are not defined (NaN) are left out.
    """
    if np.isnan(draws).all():
        return Figure(value=value, low=float("nan"), high=float("nan"))
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return Figure(value=value, low=float(low), high=float(high))


def mean_figure(
    values: npt.NDArray[np.float64], sources: Sequence[str], *, seed: int = 0
) -> Figure:
    """The mean of a value that each clip has, with its interval over sources.

    Args:
        values: (clips,), for example 1 where an answer flipped.
        sources: of each clip.
        seed: of the draws.
    """
    weights = source_weights(sources, seed=seed)
    return percentile_figure(float(values.mean()), weights @ values / weights.sum(axis=1))
