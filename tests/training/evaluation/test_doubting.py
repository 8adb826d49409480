"""The thresholds of doubt, whatever the answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.doubting import MISSED, least_event, uncertain_band

ANSWERS = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=60).filter(
    lambda its: any(label for label, _ in its)
)


def split(answers: list[tuple[bool, float]]) -> tuple[np.ndarray, np.ndarray]:
    labels, probabilities = zip(*answers, strict=True)
    return np.array(labels, dtype=np.float32), np.array(probabilities)


@given(ANSWERS, st.floats(0.05, 0.95))
def test_the_band_lies_around_the_threshold(
    answers: list[tuple[bool, float]], threshold: float
) -> None:
    low, high = uncertain_band(*split(answers), threshold)
    assert 0 <= low <= threshold <= high <= 1
    assert uncertain_band(*split(answers[::-1]), threshold) == (low, high), "in any order"


def test_right_answers_are_never_uncertain() -> None:
    labels = np.array([0, 0, 1, 1], dtype=np.float32)
    assert uncertain_band(labels, np.array([0.1, 0.49, 0.51, 0.9]), 0.5) == (0.5, 0.5)


def test_where_it_is_wrong_half_of_the_time_it_is_uncertain() -> None:
    """Calibrated answers: right as often as P(sick) says, which is below 75 % up to 0.75."""
    rng = np.random.default_rng(0)
    probabilities = rng.uniform(size=20_000)
    labels = (rng.uniform(size=20_000) < probabilities).astype(np.float32)
    low, high = uncertain_band(labels, probabilities, 0.5)
    assert [low, high] == pytest.approx([0.25, 0.75], abs=0.03)


def test_where_all_is_chance_all_is_uncertain() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=500).astype(np.float32)
    low, high = uncertain_band(labels, rng.uniform(0.2, 0.8, size=500), 0.5)
    assert low <= 0.21
    assert high >= 0.79


@given(ANSWERS)
def test_few_clips_with_an_event_lie_below(answers: list[tuple[bool, float]]) -> None:
    labels, probabilities = split(answers)
    least = least_event(labels, probabilities)
    heard = probabilities[labels > 0]
    assert (heard < least).mean() < MISSED
    assert (heard < least + 0.002).mean() >= MISSED, "and it is the greatest such value"
