"""Wrong labels are found, and counted about rightly."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.evaluation.conftest import make_examined
from training.evaluation.label_noise import (
    auc_ceiling,
    confident_disagreements,
    estimate_label_noise,
    noise_share,
)
from training.evaluation.metrics import auc

RNG = np.random.default_rng(0)
COUNT = 600
TRUTH = (np.arange(COUNT) % 2).astype(np.float32)
SOURCES = [str(clip) for clip in range(COUNT)]
SURE = np.where(TRUTH > 0, RNG.uniform(0.7, 1.0, COUNT), RNG.uniform(0.0, 0.3, COUNT))


def with_wrong_labels(share: float) -> tuple[np.ndarray, np.ndarray]:
    """Labels of which so many are wrong, and which."""
    wrong = np.zeros(COUNT, dtype=bool)
    wrong[RNG.permutation(COUNT)[: round(share * COUNT)]] = True
    return np.where(wrong, 1 - TRUTH, TRUTH).astype(np.float32), wrong


@pytest.mark.parametrize("share", [0.0, 0.05, 0.15])
def test_the_share_of_wrong_labels_is_found(share: float) -> None:
    labels, _ = with_wrong_labels(share)
    figure = noise_share(labels, SURE, SOURCES)
    assert figure.value == pytest.approx(share, abs=0.03)
    assert figure.low <= share <= figure.high or figure.value == share


def test_the_worked_example_of_two_classes() -> None:
    # Mean confidence: sick (0.9 + 0.8 + 0.1) / 3 = 0.6, others (0.8 + 0.7 + 0.9) / 3 = 0.8.
    labels = np.array([1, 1, 1, 0, 0, 0], dtype=np.float32)
    probabilities = np.array([0.9, 0.8, 0.1, 0.2, 0.3, 0.1])
    suspected = confident_disagreements(labels, probabilities)
    assert suspected.tolist() == [False, False, True, False, False, False]
    # Of the sick label's three counted clips one is other, of three labels: 1 of all 6.
    assert noise_share(labels, probabilities, list("abcdef")).value == pytest.approx(1 / 6)


def test_the_auc_that_wrong_labels_leave_is_that_of_a_perfect_listener() -> None:
    labels, _ = with_wrong_labels(0.15)
    figure = auc_ceiling(labels, SURE, SOURCES)
    assert figure.value == pytest.approx(auc(labels, TRUTH.astype(np.float64)), abs=0.03)
    assert figure.low <= auc(labels, TRUTH.astype(np.float64)) <= figure.high
    assert auc_ceiling(TRUTH, SURE, SOURCES).value == 1.0


def test_a_second_listener_who_hears_truly_sides_against_wrong_labels() -> None:
    labels, wrong = with_wrong_labels(0.1)
    examined = make_examined(labels.astype(int).tolist(), SURE.tolist())
    found = estimate_label_noise(examined, np.where(TRUTH > 0, 0.9, 0.1))
    assert found.sides_with_network is not None
    assert found.both_noise is not None
    assert found.both_ceiling is not None
    assert found.sides_with_network.value == 1.0
    assert found.both_noise.value <= wrong.mean()
    assert found.both_ceiling.value == pytest.approx(1 - found.both_noise.value)
    assert found.ceiling.low == pytest.approx(1 - found.noise.high)
    indices = [its.index for its in found.disagreements]
    assert wrong[indices].all()
    gaps = np.abs(SURE - labels)[indices]
    assert np.all(np.diff(gaps) <= 0)
    assert all(its.sides_with_network for its in found.disagreements)


def test_a_second_listener_who_repeats_the_labels_clears_them() -> None:
    labels, _ = with_wrong_labels(0.1)
    examined = make_examined(labels.astype(int).tolist(), SURE.tolist())
    found = estimate_label_noise(examined, np.where(labels > 0, 0.9, 0.1))
    assert found.both_noise is not None
    assert found.both_noise.value == 0.0
    assert not any(its.sides_with_network for its in found.disagreements)


def test_without_a_second_listener_nothing_is_said_for_him() -> None:
    labels, _ = with_wrong_labels(0.1)
    found = estimate_label_noise(make_examined(labels.astype(int).tolist(), SURE.tolist()), None)
    assert found.second_noise is found.both_noise is found.sides_with_network is None
    assert found.disagreements
    assert all(its.second is None for its in found.disagreements)
