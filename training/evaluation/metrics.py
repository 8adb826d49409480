"""Figures of a binary classifier, with bootstrap intervals over sources.

Each metric is computed for many weightings of the clips at once, so that a bootstrap is a few
products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.bundle import Figure
from training.evaluation.bootstrap import RESAMPLES, Weights, percentile_figure, source_weights

Labels = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]
Draws = npt.NDArray[np.float64]

CALIBRATION_BINS = 10


@dataclass(frozen=True)
class Metric:
    """A figure of labels (clips,), 0 or 1, and scores (clips,).

    Attributes:
        of_draws: the figure for each row of weights (draws, clips); NaN where it is not defined.
    """

    of_draws: Callable[[Labels, Scores, Weights], Draws]

    def __call__(self, labels: Labels, scores: Scores) -> float:
        """The figure, every clip counting once."""
        return float(self.draws(labels, scores, np.ones((1, len(labels))))[0])

    def draws(self, labels: Labels, scores: Scores, weights: Weights) -> Draws:
        """The figure for each draw, (draws,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.of_draws(labels, scores, weights)


def _by_rank(labels: Labels, scores: Scores, weights: Weights) -> tuple[Draws, Draws]:
    """Weights of the sick and of the others, (draws, distinct scores), from the lowest score."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    sick = labels[order] > 0
    ranked = weights[:, order]
    return (
        np.add.reduceat(ranked * sick, starts, axis=1),
        np.add.reduceat(ranked * ~sick, starts, axis=1),
    )


def _auc(labels: Labels, scores: Scores, weights: Weights) -> Draws:
    sick, well = _by_rank(labels, scores, weights)
    below = np.cumsum(well, axis=1) - well / 2
    return np.asarray((sick * below).sum(axis=1) / (sick.sum(axis=1) * well.sum(axis=1)))


def _average_precision(labels: Labels, scores: Scores, weights: Weights) -> Draws:
    sick, well = (np.flip(its, axis=1) for its in _by_rank(labels, scores, weights))
    found = np.cumsum(sick, axis=1)
    # A rank that no draw holds adds nothing, whatever its precision.
    precision = found / np.maximum(found + np.cumsum(well, axis=1), 1e-12)
    return np.asarray((sick * precision).sum(axis=1) / found[:, -1])


def _share(
    which: Callable[[Labels, Scores], npt.NDArray[np.bool_]],
    among: Callable[[Labels], npt.NDArray[np.bool_]],
) -> Callable[[Labels, Scores, Weights], Draws]:
    def of_draws(labels: Labels, scores: Scores, weights: Weights) -> Draws:
        chosen = weights[:, among(labels)]
        return np.asarray(chosen @ which(labels, scores)[among(labels)] / chosen.sum(axis=1))

    return of_draws


def _right(labels: Labels, decisions: Scores) -> npt.NDArray[np.bool_]:
    return np.equal(decisions >= 0.5, labels > 0)


_sensitivity = _share(_right, lambda labels: labels > 0)
_specificity = _share(_right, lambda labels: labels == 0)


def _balanced_accuracy(labels: Labels, scores: Scores, weights: Weights) -> Draws:
    return 0.5 * (_sensitivity(labels, scores, weights) + _specificity(labels, scores, weights))


def _brier_score(labels: Labels, scores: Scores, weights: Weights) -> Draws:
    return np.asarray(weights @ (scores - labels) ** 2 / weights.sum(axis=1))


def _calibration_error(labels: Labels, scores: Scores, weights: Weights) -> Draws:
    gaps = np.zeros((len(labels), CALIBRATION_BINS))
    gaps[np.arange(len(labels)), calibration_bins(scores)] = scores - labels
    return np.asarray(np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1))


def calibration_bins(probabilities: Scores) -> npt.NDArray[np.intp]:
    """The bin of each probability, 0 to `CALIBRATION_BINS` - 1, all of equal width."""
    return np.minimum((probabilities * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)


# Area under the ROC curve: the share of pairs ranked rightly, ties counting half.
auc = Metric(_auc)
# Average precision: precision at each sick clip's rank, averaged, without interpolation.
average_precision = Metric(_average_precision)
# Share of right decisions; scores are probabilities, sick from 0.5.
accuracy = Metric(_share(_right, lambda labels: np.ones(len(labels), dtype=bool)))
# Share of the sick clips that are found.
sensitivity = Metric(_sensitivity)
# Share of the other clips that are left alone.
specificity = Metric(_specificity)
# Mean of sensitivity and specificity.
balanced_accuracy = Metric(_balanced_accuracy)
# Mean squared error of the probabilities (Brier 1950).
brier_score = Metric(_brier_score)
# ECE (Naeini et al. 2015) over ten bins of equal width; never negative, biased upwards.
expected_calibration_error = Metric(_calibration_error)

# Of calibrated probabilities, decided at 0.5.
METRICS: dict[str, Metric] = {
    "auc": auc,
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "sensitivity": sensitivity,
    "specificity": specificity,
    "expected_calibration_error": expected_calibration_error,
    "brier_score": brier_score,
    "average_precision": average_precision,
}
# Those that look at decisions: another threshold than 0.5 is given by deciding first.
DECISIONS = frozenset({"accuracy", "balanced_accuracy", "sensitivity", "specificity"})
# Those that look at nothing but the order of the scores.
RANKINGS = frozenset({"auc", "average_precision"})


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

    Draws in which the metric is not defined (one class only) are left out.

    Args:
        metric: of labels and scores.
        labels: (clips,), 0 or 1.
        scores: (clips,).
        sources: of each clip.
        seed: of the draws.
        resamples: number of draws.
    """
    weights = source_weights(sources, resamples=resamples, seed=seed)
    return percentile_figure(metric(labels, scores), metric.draws(labels, scores, weights))


def all_figures(
    labels: Labels,
    probabilities: Scores,
    sources: Sequence[str],
    *,
    threshold: float = 0.5,
    ranking: Scores | None = None,
    seed: int = 0,
) -> dict[str, Figure]:
    """Every metric of `METRICS`, its mean over repeats, with its interval over sources.

    Each draw of the bootstrap measures all repeats on the same sources and takes their mean: the
    interval tells what other recordings would change, not what other seeds would.

    Args:
        labels: (clips,), 0 or 1.
        probabilities: of each repeat of the training, (repeats, clips), or of one, (clips,).
        sources: of each clip.
        threshold: sick from this probability.
        ranking: (clips,), what to rank by in place of the probabilities.
        seed: of the draws.
    """
    repeats = np.atleast_2d(probabilities)
    weights = source_weights(sources, seed=seed)
    figures = {}
    for name, metric in METRICS.items():
        scores = repeats
        if name in DECISIONS:
            scores = (repeats >= threshold).astype(np.float64)
        elif name in RANKINGS and ranking is not None:
            scores = ranking[None]
        figures[name] = percentile_figure(
            float(np.mean([metric(labels, its) for its in scores])),
            np.mean([metric.draws(labels, its, weights) for its in scores], axis=0),
        )
    return figures
