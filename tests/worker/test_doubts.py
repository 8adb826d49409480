"""A result is warned of as doubtful exactly where the card's thresholds say so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bundle import Calibration, Card, Doubts, read_card
from shared.job import WarningCode
from tests.support.bundles import served_bundle
from worker.doubts import doubt_warnings, event_probability

CALIBRATION = Calibration(scale=0.8, offset=-0.4)
SERVED = read_card(served_bundle())

probabilities = st.floats(0, 1)


def _card(doubts: Doubts | None) -> Card:
    return SERVED.model_copy(update={"calibration": CALIBRATION, "doubts": doubts})


def _doubts(
    *,
    uncertain: tuple[float, float] = (0.0, 0.0),
    event_below: float = 0.0,
    event: Calibration | None = None,
) -> Doubts:
    return Doubts(
        uncertain_from=uncertain[0],
        uncertain_to=uncertain[1],
        event_below=event_below,
        event=event,
        chosen="by a test",
    )


def _logit(sick: float) -> float:
    """Of which CALIBRATION makes this P(sick)."""
    return (math.log(sick / (1 - sick)) - CALIBRATION.offset) / CALIBRATION.scale


@given(logit=st.floats(allow_nan=False))
def test_a_card_without_doubts_warns_of_nothing(logit: float) -> None:
    assert doubt_warnings(logit, None, _card(None)) == []


@pytest.mark.parametrize(
    ("sick", "uncertain"),
    [(0.1, False), (0.349, False), (0.351, True), (0.5, True), (0.649, True), (0.651, False)],
)
def test_uncertain_is_between_two_probabilities(sick: float, uncertain: bool) -> None:
    warnings = doubt_warnings(_logit(sick), None, _card(_doubts(uncertain=(0.35, 0.65))))

    assert warnings == ([WarningCode.UNCERTAIN] if uncertain else [])


@pytest.mark.parametrize(
    ("bounds", "uncertain"), [((0.5, 0.6), True), ((0.4, 0.5), False), ((0.5, 0.5), False)]
)
def test_the_lower_bound_is_in_and_the_upper_one_out(
    bounds: tuple[float, float], uncertain: bool
) -> None:
    even = _card(_doubts(uncertain=bounds)).model_copy(
        update={"calibration": Calibration(scale=1.0, offset=0.0)}
    )

    assert (WarningCode.UNCERTAIN in doubt_warnings(0.0, None, even)) is uncertain


@pytest.mark.parametrize(("sick", "heard"), [(0.05, False), (0.199, False), (0.201, True)])
def test_without_an_event_of_its_own_p_sick_tells_whether_one_was_heard(
    sick: float, heard: bool
) -> None:
    warnings = doubt_warnings(_logit(sick), None, _card(_doubts(event_below=0.2)))

    assert warnings == ([] if heard else [WarningCode.NO_COUGH_OR_SNEEZE_HEARD])


@pytest.mark.parametrize(("below", "heard"), [(0.5, True), (0.500001, False)])
def test_a_probability_at_the_threshold_is_not_below_it(below: float, heard: bool) -> None:
    certain = Calibration(scale=1.0, offset=0.0)
    card = _card(_doubts(event_below=below, event=certain))

    warnings = doubt_warnings(0.0, np.zeros(3, np.float32), card)

    assert warnings == ([] if heard else [WarningCode.NO_COUGH_OR_SNEEZE_HEARD])


@pytest.mark.parametrize(("greatest", "heard"), [(0.9, False), (1.1, True)])
def test_one_patch_with_a_cough_is_enough(greatest: float, heard: bool) -> None:
    """P(event) = sigmoid(2 * greatest - 2) is below a half where the greatest is below 1."""
    doubts = _doubts(event_below=0.5, event=Calibration(scale=2.0, offset=-2.0))
    event = np.array([-9.0, greatest, -30.0], np.float32)

    # Certainly sick, which does not matter here.
    warnings = doubt_warnings(50.0, event, _card(doubts))

    assert warnings == ([] if heard else [WarningCode.NO_COUGH_OR_SNEEZE_HEARD])


def test_both_may_be_doubted_at_once() -> None:
    doubts = _doubts(uncertain=(0.0, 1.0), event_below=1.0)

    assert doubt_warnings(0.0, None, _card(doubts)) == [
        WarningCode.NO_COUGH_OR_SNEEZE_HEARD,
        WarningCode.UNCERTAIN,
    ]


def test_an_event_that_is_not_given_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="event"):
        event_probability(0.9, None, _doubts(event=CALIBRATION))


@given(
    sick=probabilities,
    logits=st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=130),
    scale=st.floats(0.01, 100),
    offset=st.floats(-20, 20),
)
def test_more_patches_never_make_an_event_less_probable(
    sick: float, logits: list[float], scale: float, offset: float
) -> None:
    doubts = _doubts(event=Calibration(scale=scale, offset=offset))
    event = np.array(logits, np.float32)

    heard = event_probability(sick, event, doubts)

    assert 0 <= heard <= 1
    assert heard >= event_probability(sick, event[:1], doubts)
