"""The doubts of a card, from the cross-validation of its network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shared.bundle import Card, Doubts
from training.data.clip import DatasetError
from training.evaluation.doubting import MISSED, RIGHT, least_event, uncertain_band
from training.evaluation.listener import Listener
from training.evaluation.record import EvaluationRecord


def choose_doubts(
    record: EvaluationRecord,
    threshold: float,
    *,
    hears_events: bool,
    listener: Listener | None = None,
) -> Doubts:
    """When the answers of a network are to be warned of.

    Args:
        record: its answers, out of fold.
        threshold: sick from this probability.
        hears_events: whether sick means that a cough or a sneeze is heard: then P(sick) itself
            tells whether there is one.
        listener: of the network that its heads are put on, where it does not mean that; None:
            nobody judges it, and nothing is warned of.
    """
    labels, answers = record.labels, record.answers
    low, high = uncertain_band(np.tile(labels, len(answers)), answers.ravel(), threshold)
    doubtful = (answers >= low) & (answers < high)
    right = np.equal(answers >= threshold, labels > 0)
    chosen = [
        f"`uncertain`: answers at such a distance from {threshold:g}, in logits, are right less "
        f"than {RIGHT:.0%} of the time, by isotonic regression out of fold; "
        f"inside are {_told(doubtful, right)}, outside {_told(~doubtful, right)}."
    ]
    below, event = 0.0, None
    if listener is not None:
        below, event = listener.event_below, listener.event
        chosen.append(f"`no_cough_or_sneeze_heard`: {listener.chosen}")
    elif hears_events:
        below = min(threshold, least_event(np.tile(labels, len(answers)), answers.ravel()))
        share = float((answers[:, labels > 0] < below).mean())
        chosen.append(
            f"`no_cough_or_sneeze_heard`: out of fold, fewer than {MISSED:.0%} of the clips "
            f"labelled sick lie below ({share:.1%}; of the others "
            f"{float((answers[:, labels == 0] < below).mean()):.1%})."
        )
    else:
        chosen.append("Whether there is a cough or a sneeze at all is not judged.")
    return Doubts(
        uncertain_from=low,
        uncertain_to=high,
        event_below=below,
        event=event,
        chosen=" ".join(chosen),
    )


def check_listener(listener: Listener, card: Card) -> None:
    """Raise DatasetError unless a listener was measured on the data that a bundle learned from."""
    if card.provenance.configuration.get("data_sha256") != listener.data_sha256:
        raise DatasetError(
            f"the listener was measured on other data than {card.reference} was trained on"
        )


def _told(which: npt.NDArray[np.bool_], right: npt.NDArray[np.bool_]) -> str:
    share = f"{which.mean():.0%} of the answers"
    return f"{share}, {right[which].mean():.0%} of them right" if which.any() else share
