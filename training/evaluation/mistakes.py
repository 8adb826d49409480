"""The most confident wrong answers of each kind: what to listen to first."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from training.evaluation.examined import Examined


class Mistake(BaseModel):
    """One wrong answer.

    Attributes:
        index: of the clip in the table.
        file, source: the clip.
        label: 1 is sick, and was called not sick; 0 the other way round.
        probability: P(sick), out of fold.
        fold: that tested it, from 1.
    """

    model_config = ConfigDict(frozen=True)

    index: int
    file: str
    source: str
    label: int
    probability: float
    fold: int


def worst_mistakes(examined: Examined, label: int, count: int = 10) -> list[Mistake]:
    """Clips of a label that were called the other, the most confident first.

    Args:
        examined: the clips and their answers; the mean over repeats decides.
        label: 1 for sick clips that were missed, 0 for false alarms.
        count: at most so many.
    """
    probabilities = examined.probabilities
    wrong = np.not_equal(probabilities >= examined.threshold, examined.labels > 0)
    order = np.argsort(-np.abs(probabilities - examined.labels), kind="stable")
    chosen = [int(i) for i in order if wrong[i] and examined.clips[i].label == label][:count]
    return [
        Mistake(
            index=clip,
            file=examined.clips[clip].path.name,
            source=examined.clips[clip].source,
            label=label,
            probability=float(probabilities[clip]),
            fold=int(examined.folds[clip]) + 1,
        )
        for clip in chosen
    ]
