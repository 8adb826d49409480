"""Logit → calibrated diagnosis."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

from shared.bundle import Calibration, Card, Label
from shared.job import Probabilities

_DECIMALS = 4


class Diagnosis(BaseModel):
    """The answer to one recording. `score` is the calibrated probability of `label`."""

    model_config = ConfigDict(frozen=True)

    label: Label
    score: float
    probabilities: Probabilities


def diagnose_logit(logit: float, card: Card) -> Diagnosis:
    """Calibrate a clip's logit and decide by the card's threshold."""
    sick = calibrated(logit, card.calibration)
    label: Label = "sick" if sick >= card.threshold else "not sick"
    rounded = round(sick, _DECIMALS)
    probabilities = Probabilities(sick=rounded, not_sick=round(1.0 - rounded, _DECIMALS))
    score = probabilities.sick if label == "sick" else probabilities.not_sick
    return Diagnosis(label=label, score=score, probabilities=probabilities)


def calibrated(logit: float, calibration: Calibration) -> float:
    """The probability, 0 to 1, that a logit stands for."""
    return _sigmoid(calibration.scale * logit + calibration.offset)


def _sigmoid(x: float) -> float:
    # The form that cannot overflow, for either sign.
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    return math.exp(x) / (1.0 + math.exp(x))
