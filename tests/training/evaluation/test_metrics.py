"""Figures against scikit-learn's, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    recall_score,
    roc_auc_score,
)

from training.evaluation.metrics import (
    METRICS,
    Labels,
    Scores,
    accuracy,
    all_figures,
    auc,
    average_precision,
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


@st.composite
def answers(draw: st.DrawFn) -> tuple[Labels, Scores, Scores]:
    """Labels of both classes, probabilities with ties, and how often each clip counts."""
    count = draw(st.integers(2, 40))
    labels = draw(arrays(np.float32, count, elements=st.sampled_from([0.0, 1.0])))
    labels[:2] = 0.0, 1.0
    # Multiples of 1/20 that are not quite borders of bins or the threshold.
    scores = draw(arrays(np.float64, count, elements=st.integers(0, 19).map(lambda i: i / 20)))
    weights = draw(arrays(np.float64, count, elements=st.sampled_from([0.0, 1.0, 2.0, 3.0])))
    weights[:2] = 1.0
    return labels, scores, weights


@settings(max_examples=30)  # scikit-learn takes its time
@given(answers())
def test_figures_are_scikit_learns_however_often_a_clip_counts(
    made: tuple[Labels, Scores, Scores],
) -> None:
    labels, scores, weights = made
    called = scores >= 0.5
    for times in (np.ones(len(labels)), weights):
        expected = {
            "auc": roc_auc_score(labels, scores, sample_weight=times),
            "average_precision": average_precision_score(labels, scores, sample_weight=times),
            "accuracy": accuracy_score(labels, called, sample_weight=times),
            "balanced_accuracy": balanced_accuracy_score(labels, called, sample_weight=times),
            "sensitivity": recall_score(labels, called, sample_weight=times),
            "specificity": recall_score(labels, called, pos_label=0, sample_weight=times),
            "brier_score": brier_score_loss(labels, scores, sample_weight=times),
        }
        for name, value in expected.items():
            found = METRICS[name].draws(labels, scores, times[None])[0]
            assert found == pytest.approx(value, abs=1e-9), name


@settings(max_examples=30)
@given(answers())
def test_weighing_a_clip_twice_is_having_it_twice(made: tuple[Labels, Scores, Scores]) -> None:
    labels, scores, weights = made
    times = weights.astype(int)
    for name, metric in METRICS.items():
        repeated = metric(np.repeat(labels, times), np.repeat(scores, times))
        assert metric.draws(labels, scores, weights[None])[0] == pytest.approx(repeated), name


def test_what_is_not_defined_is_no_number() -> None:
    labels, scores = np.ones(3, dtype=np.float32), np.array([0.1, 0.6, 0.9])
    for metric in (auc, specificity, balanced_accuracy):
        assert np.isnan(metric(labels, scores))
    assert average_precision(labels, scores) == 1.0
    assert sensitivity(labels, scores) == pytest.approx(2 / 3)


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


def test_repeats_are_averaged_and_not_pooled() -> None:
    sources = [str(clip) for clip in range(200)]
    repeats = np.stack([SCORES, 1 - SCORES])
    figures = all_figures(LABELS, repeats, sources)
    for name, metric in METRICS.items():
        expected = (metric(LABELS, SCORES) + metric(LABELS, 1 - SCORES)) / 2
        assert figures[name].value == pytest.approx(expected), name


def test_another_threshold_and_ranking_change_what_looks_at_them() -> None:
    sources = [str(clip) for clip in range(200)]
    plain = all_figures(LABELS, SCORES, sources)
    changed = all_figures(LABELS, SCORES, sources, threshold=0.2, ranking=1 - SCORES)
    assert changed["sensitivity"].value == np.mean(SCORES[LABELS > 0] >= 0.2)
    assert changed["auc"].value == pytest.approx(1 - plain["auc"].value)
    assert changed["brier_score"] == plain["brier_score"]
