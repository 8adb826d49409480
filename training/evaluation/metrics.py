"""Figures of a binary classifier, with bootstrap intervals over sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from shared.bundle import Figure

Labels = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]
Metric = Callable[[Labels, Scores], float]

CALIBRATION_BINS = 10
RESAMPLES = 2000


def auc(labels: Labels, scores: Scores) -> float:
    """Area under the ROC curve: the share of pairs ranked rightly, ties counting half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    sick = labels > 0
    pairs = sick.sum() * (~sick).sum()
    excess = ranks[sick].sum() - sick.sum() * (sick.sum() + 1) / 2
    return float(excess / pairs) if pairs else float("nan")


def accuracy(labels: Labels, decisions: Scores) -> float:
    """Share of right decisions; `decisions` are probabilities, sick from 0.5."""
    return float(np.mean((decisions >= 0.5) == (labels > 0)))


def sensitivity(labels: Labels, decisions: Scores) -> float:
    """Share of the sick clips that are found."""
    sick = labels > 0
    return float(np.mean(decisions[sick] >= 0.5)) if sick.any() else float("nan")


def specificity(labels: Labels, decisions: Scores) -> float:
    """Share of the other clips that are left alone."""
    well = labels == 0
    return float(np.mean(decisions[well] < 0.5)) if well.any() else float("nan")


def balanced_accuracy(labels: Labels, decisions: Scores) -> float:
    """Mean of sensitivity and specificity."""
    return 0.5 * (sensitivity(labels, decisions) + specificity(labels, decisions))


def brier_score(labels: Labels, probabilities: Scores) -> float:
    """Mean squared error of the probabilities (Brier 1950)."""
    return float(np.mean((probabilities - labels) ** 2))


def expected_calibration_error(labels: Labels, probabilities: Scores) -> float:
    """ECE (Naeini et al. 2015) over ten bins of equal width; never negative, biased upwards."""
    bins = np.minimum((probabilities * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=probabilities - labels, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(labels))


# Of calibrated probabilities, decided at 0.5.
METRICS: dict[str, Metric] = {
    "auc": auc,
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "sensitivity": sensitivity,
    "specificity": specificity,
    "expected_calibration_error": expected_calibration_error,
    "brier_score": brier_score,
}


def with_interval(
    metric: Metric,
    labels: Labels,
    scores: Scores,
    sources: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Figure:
    """A metric with its 95 % percentile bootstrap interval (Efron 1979) over sources.

    Whole sources are drawn, since clips of one source resemble each other. Draws in which the
    metric is not defined (one class only) are left out.

    Args:
        metric: of labels and scores.
        labels: (clips,), 0 or 1.
        scores: (clips,).
        sources: of each clip.
        seed: of the draws.
        resamples: number of draws.
    """
    names, members = np.unique(np.asarray(sources), return_inverse=True)
    by_source = [np.flatnonzero(members == index) for index in range(len(names))]
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(resamples):
        clips = np.concatenate([by_source[i] for i in rng.integers(len(names), size=len(names))])
        drawn.append(metric(labels[clips], scores[clips]))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Figure(value=metric(labels, scores), low=float(low), high=float(high))


def all_figures(
    labels: Labels, probabilities: Scores, sources: Sequence[str], *, seed: int = 0
) -> dict[str, Figure]:
    """Every metric of `METRICS` with its interval."""
    return {
        name: with_interval(metric, labels, probabilities, sources, seed=seed)
        for name, metric in METRICS.items()
    }
