"""Figures against scikit-learn's, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, brier_score_loss, roc_auc_score

from training.evaluation.metrics import (
    METRICS,
    accuracy,
    all_figures,
    auc,
    balanced_accuracy,
    brier_score,
    expected_calibration_error,
    sensitivity,
    specificity,
    with_interval,
)

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 2, size=200).astype(np.float32)
SCORES = np.clip(0.35 * LABELS + RNG.uniform(0, 0.65, size=200), 0, 1).round(2)


def test_figures_are_the_textbook_ones() -> None:
    assert auc(LABELS, SCORES) == pytest.approx(roc_auc_score(LABELS, SCORES))
    assert brier_score(LABELS, SCORES) == pytest.approx(brier_score_loss(LABELS, SCORES))
    expected = balanced_accuracy_score(LABELS, SCORES >= 0.5)
    assert balanced_accuracy(LABELS, SCORES) == pytest.approx(expected)
    assert accuracy(LABELS, SCORES) == pytest.approx(np.mean((SCORES >= 0.5) == LABELS))


def test_sensitivity_and_specificity_count_their_own_class() -> None:
    labels, scores = np.array([1, 1, 1, 0], dtype=np.float32), np.array([0.5, 0.9, 0.1, 0.2])
    assert sensitivity(labels, scores) == pytest.approx(2 / 3)
    assert specificity(labels, scores) == 1.0


@pytest.mark.parametrize(
    ("probability", "share", "error"), [(0.8, 0.8, 0.0), (0.9, 0.5, 0.4), (1.0, 1.0, 0.0)]
)
def test_calibration_error_is_the_gap_to_the_observed_share(
    probability: float, share: float, error: float
) -> None:
    labels = (np.arange(100) < 100 * share).astype(np.float32)
    scores = np.full(100, probability)
    assert expected_calibration_error(labels, scores) == pytest.approx(error, abs=1e-6)


def test_intervals_hold_their_value_and_widen_where_clips_share_sources() -> None:
    alone = [str(clip) for clip in range(200)]
    shared = [str(clip // 20) for clip in range(200)]
    # Neighbours alike: ten clips of one source say little more than one.
    order = np.lexsort((SCORES, LABELS))
    labels, scores = LABELS[order], SCORES[order]
    narrow = with_interval(accuracy, labels, scores, alone, resamples=300)
    wide = with_interval(accuracy, labels, scores, shared, resamples=300)
    for figure in (narrow, wide):
        assert figure.low <= figure.value <= figure.high
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_all_figures_are_repeatable() -> None:
    sources = [str(clip) for clip in range(200)]
    figures = all_figures(LABELS, SCORES, sources)
    assert figures.keys() == METRICS.keys()
    assert figures == all_figures(LABELS, SCORES, sources)
