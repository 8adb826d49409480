"""When a diagnosis is to be doubted, by the thresholds of the bundle's card."""

from __future__ import annotations

from shared.bundle import Card, Doubts
from shared.job import WarningCode
from worker.diagnosis import calibrated
from worker.model.outputs import Floats


def doubt_warnings(logit: float, event: Floats | None, card: Card) -> list[WarningCode]:
    """The warnings that the card's doubts call for; a card without doubts calls for none.

    Args:
        logit: the clip's, of being sick.
        event: float32 (patches,), the network's output of that name; needed where the card's
            doubts name a calibration of it.
        card: the bundle's.
    """
    doubts = card.doubts
    if doubts is None:
        return []
    sick = calibrated(logit, card.calibration)
    warnings = []
    if event_probability(sick, event, doubts) < doubts.event_below:
        warnings.append(WarningCode.NO_COUGH_OR_SNEEZE_HEARD)
    if doubts.uncertain_from <= sick < doubts.uncertain_to:
        warnings.append(WarningCode.UNCERTAIN)
    return warnings


def event_probability(sick: float, event: Floats | None, doubts: Doubts) -> float:
    """P(a cough or a sneeze can be heard), 0 to 1: one heard in any patch is one heard.

    Args:
        sick: P(sick), which answers for it where the doubts have no calibration of their own.
        event: float32 (patches,), or None.
        doubts: the card's.

    Raises:
        ValueError: the doubts need `event`, and there is none.
    """
    if doubts.event is None:
        return sick
    if event is None:
        raise ValueError("the card's doubts need the network's output 'event'")
    return calibrated(float(event.max()), doubts.event)
