"""Curves of out-of-fold probabilities, each with a 95 % bootstrap band over sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from training.evaluation.bootstrap import source_weights
from training.evaluation.metrics import (
    CALIBRATION_BINS,
    Labels,
    Scores,
    calibration_bins,
)

_BAND_RESAMPLES = 500
_GRID = np.linspace(0.0, 1.0, 101)

Values = npt.NDArray[np.float64]
# One repeat's curve: the order of its clips, and the heights at each x of the grid for weights
# (clips,) in that order.
Line = tuple[npt.NDArray[np.intp], Callable[[Values], Values]]


class Curve(BaseModel):
    """A line with its band.

    Attributes:
        x, y: of each point.
        low, high: of the 95 % band at each x.
    """

    model_config = ConfigDict(frozen=True)

    x: list[float]
    y: list[float]
    low: list[float]
    high: list[float]


class ReliabilityBin(BaseModel):
    """Answers whose probability fell between two bounds.

    Attributes:
        answers: how many, all repeats together.
        predicted: their mean probability of being sick.
        observed, low, high: the share labelled sick, and its 95 % interval.
    """

    model_config = ConfigDict(frozen=True)

    answers: int
    predicted: float
    observed: float
    low: float
    high: float


def roc_curve(labels: Labels, answers: Scores, sources: Sequence[str]) -> Curve:
    """Sensitivity against the share of the other clips that is called sick.

    Args:
        labels: (clips,), 0 or 1.
        answers: probabilities, (repeats, clips); the curve is the mean of the repeats'.
        sources: of each clip.
    """

    def line(scores: Scores) -> Line:
        order, last = _ranked(scores)
        sick = labels[order] > 0

        def heights(weights: Values) -> Values:
            found, false = np.cumsum(weights * sick)[last], np.cumsum(weights * ~sick)[last]
            false, found = np.append(0.0, false / false[-1]), np.append(0.0, found / found[-1])
            return np.interp(_GRID, false, found)

        return order, heights

    return _curve([line(scores) for scores in answers], sources)


def precision_recall_curve(labels: Labels, answers: Scores, sources: Sequence[str]) -> Curve:
    """The share of calls of "sick" that is right, against the share of sick clips found.

    As a step function: linear interpolation would flatter (Davis and Goadrich 2006). Arguments as
    of `roc_curve`.
    """

    def line(scores: Scores) -> Line:
        order, last = _ranked(scores)
        sick = labels[order] > 0

        def heights(weights: Values) -> Values:
            found, called = np.cumsum(weights * sick)[last], np.cumsum(weights)[last]
            held = called > 0
            found, called = found[held], called[held]
            # The least generous threshold that finds as much.
            step = np.searchsorted(found, _GRID * found[-1] - 1e-9)
            return np.asarray((found / called)[np.minimum(step, len(found) - 1)])

        return order, heights

    return _curve([line(scores) for scores in answers], sources)


def risk_coverage_curve(
    labels: Labels, answers: Scores, threshold: float, sources: Sequence[str]
) -> Curve:
    """Share of wrong answers among the clips answered, when the least sure are left unanswered.

    El-Yaniv and Wiener 2010. A clip is the surer, the further its probability is from the
    threshold. Other arguments as of `roc_curve`.
    """

    def line(scores: Scores) -> Line:
        order = np.argsort(-np.abs(scores - threshold), kind="stable")
        wrong = np.not_equal(scores >= threshold, labels > 0)[order]

        def heights(weights: Values) -> Values:
            answered, errors = np.cumsum(weights), np.cumsum(weights * wrong)
            step = np.searchsorted(answered, np.maximum(_GRID * answered[-1], 1.0) - 1e-9)
            step = np.minimum(step, len(answered) - 1)
            return np.asarray(errors[step] / answered[step])

        return order, heights

    return _curve([line(scores) for scores in answers], sources)


def reliability_bins(
    labels: Labels, answers: Scores, sources: Sequence[str]
) -> list[ReliabilityBin]:
    """What was predicted against what was labelled, in the bins of the calibration error.

    All repeats' answers together. Arguments as of `roc_curve`.
    """
    repeats = len(answers)
    probabilities, labels = answers.ravel(), np.tile(labels, repeats)
    bins = calibration_bins(probabilities)
    weights = np.tile(source_weights(sources), repeats)
    result = []
    for index in range(CALIBRATION_BINS):
        inside = bins == index
        if not inside.any():
            continue
        chosen = weights[:, inside]
        with np.errstate(invalid="ignore"):
            shares = chosen @ labels[inside] / chosen.sum(axis=1)
        low, high = np.nanpercentile(shares, [2.5, 97.5])
        result.append(
            ReliabilityBin(
                answers=int(inside.sum()),
                predicted=float(probabilities[inside].mean()),
                observed=float(labels[inside].mean()),
                low=float(low),
                high=float(high),
            )
        )
    return result


def _ranked(scores: Scores) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The clips' order, highest score first; the last position of each distinct score."""
    order = np.argsort(-scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], append=-np.inf))


def _curve(lines: Sequence[Line], sources: Sequence[str]) -> Curve:
    def mean_heights(weights: Values) -> Values:
        return np.asarray(np.mean([heights(weights[order]) for order, heights in lines], axis=0))

    with np.errstate(invalid="ignore", divide="ignore"):
        draws = [mean_heights(row) for row in source_weights(sources, resamples=_BAND_RESAMPLES)]
    low, high = np.nanpercentile(draws, [2.5, 97.5], axis=0)
    return Curve(
        x=_GRID.tolist(),
        y=mean_heights(np.ones(len(sources))).tolist(),
        low=low.tolist(),
        high=high.tolist(),
    )
