"""A logit becomes a calibrated answer that never contradicts itself."""

from __future__ import annotations

import math
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bundle import Calibration, Card, read_card
from tests.support.bundles import served_bundle
from worker.diagnosis import diagnose_logit

logits = st.floats(allow_nan=False)


@cache
def _served_card() -> Card:
    return read_card(served_bundle())


def _card(*, scale: float = 1.0, offset: float = 0.0, threshold: float = 0.5) -> Card:
    calibration = Calibration(scale=scale, offset=offset)
    return _served_card().model_copy(update={"calibration": calibration, "threshold": threshold})


@given(
    logit=logits,
    scale=st.floats(0.01, 100),
    offset=st.floats(-20, 20),
    threshold=st.floats(0.01, 0.99),
)
def test_any_logit(logit: float, scale: float, offset: float, threshold: float) -> None:
    card = _card(scale=scale, offset=offset, threshold=threshold)

    diagnosis = diagnose_logit(logit, card)

    sick, not_sick = diagnosis.probabilities.sick, diagnosis.probabilities.not_sick
    assert 0 <= sick <= 1
    assert sick + not_sick == pytest.approx(1, abs=1e-9)
    assert diagnosis.score == {"sick": sick, "not sick": not_sick}[diagnosis.label]
    if abs(sick - threshold) > 1e-4:  # what is shown is rounded
        assert (diagnosis.label == "sick") == (sick > threshold)


@given(one=logits, other=logits)
def test_a_larger_logit_is_never_less_sick(one: float, other: float) -> None:
    low, high = sorted((one, other))

    lower, higher = diagnose_logit(low, _card()), diagnose_logit(high, _card())

    assert lower.probabilities.sick <= higher.probabilities.sick


def test_calibration_is_platts() -> None:
    diagnosis = diagnose_logit(1.5, _card(scale=0.7, offset=-0.2))

    expected = 1 / (1 + math.exp(-(0.7 * 1.5 - 0.2)))
    assert diagnosis.probabilities.sick == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("threshold", "label"), [(0.3, "sick"), (0.5, "sick"), (0.51, "not sick")])
def test_the_cards_threshold_decides(threshold: float, label: str) -> None:
    assert diagnose_logit(0.0, _card(threshold=threshold)).label == label


def test_the_score_is_that_of_the_label_even_when_it_is_the_less_probable() -> None:
    diagnosis = diagnose_logit(0.0, _card(offset=1.0, threshold=0.9))

    assert diagnosis.label == "not sick"
    assert diagnosis.score == diagnosis.probabilities.not_sick < 0.5


@pytest.mark.parametrize("logit", [-1e308, -1000.0, 1000.0, 1e308, math.inf, -math.inf])
def test_extreme_logits_are_certain_and_overflow_nothing(logit: float) -> None:
    diagnosis = diagnose_logit(logit, _card())

    assert diagnosis.score == 1.0
    assert diagnosis.label == ("sick" if logit > 0 else "not sick")
