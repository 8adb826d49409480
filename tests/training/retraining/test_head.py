"""The new last layer learns as retrain.py's did."""

from __future__ import annotations

import numpy as np
import pytest

from training.retraining.head import Head
from training.retraining.learner import judge

LABELS = np.array([0] * 27 + [1] * 3)
TRAINING = [*range(24), 27, 28]


def _bottlenecks(*, apart: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    noise = np.random.default_rng(0).standard_normal((len(LABELS), 5))
    return (noise * 0.1 + apart * LABELS[:, None]).astype(np.float32)


def _head(*, apart: float, seed: int = 0, rate: float = 0.1) -> Head:
    return Head(
        _bottlenecks(apart=apart), LABELS, TRAINING, learning_rate=rate, batch=50, seed=seed
    )


def test_it_finds_what_tells_the_classes_apart_in_unseen_clips() -> None:
    head = _head(apart=1.0)
    untouched = judge(head.logits(range(30)), LABELS)

    seen = head.advance(500)

    unseen = [24, 25, 26, 29]
    assert judge(head.logits(unseen), LABELS[unseen]).accuracy == 1.0
    assert untouched.cross_entropy == pytest.approx(np.log(2), abs=0.02)
    assert seen.accuracy == 1.0
    assert seen.cross_entropy < 0.2


def test_batches_are_balanced_whatever_the_sizes_of_the_classes() -> None:
    """Nine in ten clips are not sick, yet with nothing to tell them apart it leans to no side."""
    head = _head(apart=0.0, rate=0.01)

    head.advance(1000)

    margins = np.diff(head.logits(TRAINING), axis=1)
    assert abs(margins.mean()) < 0.5  # ln(24 / 2) is 2.5


def test_only_training_clips_are_looked_at() -> None:
    poisoned = _bottlenecks(apart=1.0)
    poisoned[[24, 25, 26, 29]] = np.nan
    head = Head(poisoned, LABELS, TRAINING, learning_rate=0.1, batch=50, seed=0)

    head.advance(200)

    assert all(np.isfinite(weights).all() for weights in head.weights)


def test_the_seed_decides_all_and_the_calls_nothing() -> None:
    at_once, by_parts, other = _head(apart=1.0), _head(apart=1.0), _head(apart=1.0, seed=1)

    at_once.advance(30)
    for steps in (1, 9, 20):
        by_parts.advance(steps)
    other.advance(30)

    assert np.array_equal(at_once.weights[0], by_parts.weights[0])
    assert not np.array_equal(at_once.weights[0], other.weights[0])


def test_one_step_is_plain_gradient_descent() -> None:
    """On one clip a class, the mean gradient of a batch lies between those of its clips."""
    inputs = np.array([[1.0, 0.0], [0.0, 2.0]], dtype=np.float32)
    head = Head(inputs, np.array([0, 1]), [0, 1], learning_rate=0.5, batch=1, seed=0)
    kernel, bias = head.weights

    head.advance(1)

    moved = head.weights[0] - kernel
    (drawn,) = {row for row in (0, 1) if moved[row].any()}
    logits = inputs[drawn] @ kernel + bias
    error = np.exp(logits) / np.exp(logits).sum() - np.eye(2)[drawn]
    assert moved == pytest.approx(-0.5 * np.outer(inputs[drawn], error), abs=1e-6)
    assert head.weights[1] - bias == pytest.approx(-0.5 * error, abs=1e-6)
