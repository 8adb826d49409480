"""Curves against scikit-learn's and against what they must pass through."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from training.evaluation.curves import (
    precision_recall_curve,
    reliability_bins,
    risk_coverage_curve,
    roc_curve,
)

RNG = np.random.default_rng(1)
LABELS = RNG.integers(0, 2, size=150).astype(np.float32)
SCORES = np.clip(0.3 * LABELS + RNG.uniform(0, 0.7, size=150), 0, 1).round(2)
SOURCES = [str(clip // 2) for clip in range(150)]


def test_the_roc_curve_is_scikit_learns() -> None:
    curve = roc_curve(LABELS, SCORES[None], SOURCES)
    false, found, _ = sklearn_metrics.roc_curve(LABELS, SCORES, drop_intermediate=False)
    assert curve.y == pytest.approx(np.interp(curve.x, false, found).tolist(), abs=1e-9)
    assert all(
        low - 1e-9 <= y <= high + 1e-9
        for low, y, high in zip(curve.low, curve.y, curve.high, strict=True)
    )


def test_precision_is_that_of_the_least_generous_threshold_that_finds_as_much() -> None:
    curve = precision_recall_curve(LABELS, SCORES[None], SOURCES)
    precision, recall, _ = sklearn_metrics.precision_recall_curve(LABELS, SCORES)
    # scikit-learn goes from the most generous threshold down, and ends with a made point.
    for wanted, found in zip(curve.x[1:], curve.y[1:], strict=True):
        least = np.flatnonzero(recall[:-1] >= wanted - 1e-9).max()
        assert found == pytest.approx(precision[least])
    assert curve.y[-1] == pytest.approx(precision[np.flatnonzero(recall[:-1] == 1.0).max()])


def test_risk_at_full_coverage_is_the_error_and_sure_answers_come_first() -> None:
    curve = risk_coverage_curve(LABELS, SCORES[None], 0.5, SOURCES)
    wrong = (SCORES >= 0.5) != (LABELS > 0)
    assert curve.y[-1] == pytest.approx(wrong.mean())
    surest = np.argsort(-np.abs(SCORES - 0.5), kind="stable")[:75]
    assert curve.y[50] == pytest.approx(wrong[surest].mean())


def test_a_curve_of_repeats_is_their_mean() -> None:
    both = roc_curve(LABELS, np.stack([SCORES, 1 - SCORES]), SOURCES)
    each = [roc_curve(LABELS, its[None], SOURCES).y for its in (SCORES, 1 - SCORES)]
    assert both.y == pytest.approx(np.mean(each, axis=0).tolist())


def test_reliability_counts_every_answer_once() -> None:
    bins = reliability_bins(LABELS, np.stack([SCORES, SCORES]), SOURCES)
    assert sum(its.answers for its in bins) == 300
    assert sum(its.answers * its.observed for its in bins) == pytest.approx(2 * LABELS.sum())
    for its in bins:
        assert its.low <= its.observed <= its.high
