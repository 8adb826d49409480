"""Platt scaling: logits → probabilities, fitted on clips that the network was not trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shared.bundle import Calibration

_MIN_SCALE = 1e-3


def fit_platt(logits: npt.NDArray[np.float64], labels: npt.NDArray[np.float32]) -> Calibration:
    """Fit P(sick) = sigmoid(scale * logit + offset) by maximum likelihood.

    Platt 1999, with his targets (n+1)/(n+2) and 1/(n+2) in place of 1 and 0, which bound the
    scale even where the classes do not overlap.

    Args:
        logits: (clips,), from a network that did not see these clips' sources.
        labels: (clips,), 0 or 1; both must occur.

    Raises:
        ValueError: only one class is there.
    """
    sick = int(labels.sum())
    well = len(labels) - sick
    if not sick or not well:
        raise ValueError("calibration needs clips of both classes")
    targets = np.where(labels > 0, (sick + 1) / (sick + 2), 1 / (well + 2))
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(100):  # Newton's method on a convex loss
        probabilities = sigmoid(design @ weights)
        gradient = design.T @ (probabilities - targets)
        curvature = (design.T * (probabilities * (1 - probabilities))) @ design
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        weights = weights - step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            break
    return Calibration(scale=max(float(weights[0]), _MIN_SCALE), offset=float(weights[1]))


def sigmoid(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """1 / (1 + exp(-values)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def calibrate(logits: npt.NDArray[np.float64], calibration: Calibration) -> npt.NDArray[np.float64]:
    """Probabilities of being sick, (clips,), 0 to 1."""
    return sigmoid(calibration.scale * logits + calibration.offset)
