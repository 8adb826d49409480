"""When a result is to be warned of as doubtful: thresholds from out-of-fold answers.

They come from the clips that the figures come from, after the fact: they are part of the card, and
no figure of it depends on them.
"""

from __future__ import annotations

import math

import numpy as np

from training.evaluation.metrics import Labels, Scores

RIGHT = 0.75  # where fewer answers are right than this, they are uncertain
MISSED = 0.05  # share of clips with a cough or a sneeze that may be told that none was heard
_DECIMALS = 3
_LEAST = 1e-6  # of a probability, so that its logit is finite


def uncertain_band(labels: Labels, probabilities: Scores, threshold: float) -> tuple[float, float]:
    """The probabilities around the threshold where answers are right less than `RIGHT`.

    How often answers are right at some distance from the threshold, in logits, is the isotonic
    regression of being right on that distance (Zadrozny and Elkan 2002 use it for calibration): it
    never falls with the distance, and needs no bins. The band goes as far as it stays below
    `RIGHT`, to both sides equally far.

    Args:
        labels: (clips,), 0 or 1.
        probabilities: (clips,), of being sick, out of fold.
        threshold: sick from this probability, between 0 and 1.

    Returns:
        Where the band begins, and where it has ended; the threshold twice where it is empty, 0 and
        1 where it holds every clip. Three decimals, rounded outwards.
    """
    from sklearn.isotonic import IsotonicRegression

    distances = np.abs(_logits(probabilities) - _logit(threshold))
    right = np.equal(probabilities >= threshold, labels > 0).astype(np.float64)
    shares = IsotonicRegression(increasing=True).fit_transform(distances, right)
    inside = shares < RIGHT
    if not inside.any():
        return threshold, threshold
    if inside.all():
        return 0.0, 1.0
    width = (distances[inside].max() + distances[~inside].min()) / 2
    low, high = (_probability(_logit(threshold) + side * width) for side in (-1, 1))
    steps = 10**_DECIMALS
    return math.floor(low * steps) / steps, math.ceil(high * steps) / steps


def least_event(labels: Labels, probabilities: Scores) -> float:
    """The P(a cough or a sneeze) below which lie fewer than `MISSED` of the clips with one.

    The greatest such value, rounded down to three decimals.

    Args:
        labels: (clips,), 1: a cough or a sneeze can be heard; one at least.
        probabilities: (clips,), out of fold.
    """
    heard = np.sort(probabilities[labels > 0])
    below = math.ceil(MISSED * len(heard)) - 1
    steps = 10**_DECIMALS
    return float(np.floor(heard[below] * steps) / steps)


def _logits(probabilities: Scores) -> Scores:
    bounded = np.clip(probabilities, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
