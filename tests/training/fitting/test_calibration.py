"""Platt scaling finds the scale and offset that made the labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.fitting.calibration import calibrate, fit_platt, sigmoid


@given(scale=st.floats(0.3, 3.0), offset=st.floats(-1.5, 1.5))
def test_the_generating_calibration_is_found(scale: float, offset: float) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=20_000)
    labels = (rng.uniform(size=20_000) < sigmoid(scale * logits + offset)).astype(np.float32)
    found = fit_platt(logits, labels)
    assert found.scale == pytest.approx(scale, abs=0.12)
    assert found.offset == pytest.approx(offset, abs=0.12)


@pytest.mark.parametrize("spread", [1.0, 100.0])
def test_classes_that_do_not_overlap_stay_finite(spread: float) -> None:
    logits = spread * np.array([-2.0, -1.0, 1.0, 2.0])
    labels = np.array([0, 0, 1, 1], dtype=np.float32)
    probabilities = calibrate(logits, fit_platt(logits, labels))
    assert np.all(np.diff(probabilities) > 0)
    assert 0.0 < probabilities[0] < 0.5 < probabilities[-1] < 1.0


def test_a_network_that_has_it_backwards_is_not_turned_round() -> None:
    logits, labels = np.array([-1.0, -2.0, 1.0, 2.0]), np.array([1, 1, 0, 0], dtype=np.float32)
    assert 0.0 < fit_platt(logits, labels).scale < 0.01


def test_one_class_cannot_be_calibrated() -> None:
    with pytest.raises(ValueError, match="both classes"):
        fit_platt(np.zeros(3), np.ones(3, dtype=np.float32))


def test_the_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
