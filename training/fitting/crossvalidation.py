"""Nested cross-validation by source: figures that no test fold had a hand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.data.splits import folds_by_source
from training.fitting.calibration import calibrate, fit_platt
from training.fitting.configuration import Configuration
from training.fitting.features import Features
from training.fitting.fine_tuner import FineTuner, Logits, clip_logits

PROTOCOL = (
    "{folds}-fold cross-validation grouped by source and stratified by label. In each fold the "
    "network is fine-tuned for a fixed number of epochs, and its Platt calibration is fitted by "
    "{calibration_folds}-fold cross-validation by source inside the training part; the threshold "
    "is 0.5. Figures are of the pooled out-of-fold probabilities, with 95 % percentile bootstrap "
    "intervals over sources."
)


@dataclass(frozen=True)
class OutOfFold:
    """What the folds' networks say of the clips that they were not trained on.

    Attributes:
        folds: (clips,), the fold in which each clip was tested.
        logits: (clips,), raw.
        probabilities: (clips,), calibrated inside the training part of the fold.
    """

    folds: npt.NDArray[np.intp]
    logits: Logits
    probabilities: npt.NDArray[np.float64]


def cross_validate(
    tuner: FineTuner,
    features: Features,
    labels: npt.NDArray[np.float32],
    sources: Sequence[str],
    configuration: Configuration,
    *,
    logs: Path | None = None,
) -> OutOfFold:
    """Fine-tune, calibrate and test once a fold.

    Args:
        tuner: restarts for each fit.
        features: of all clips, from the network's frozen blocks.
        labels: float32 (clips,), 0 or 1.
        sources: of each clip.
        configuration: of every fit.
        logs: folder for TensorBoard's event files, one subfolder a fold.

    Raises:
        DatasetError: a class has too few sources for the folds.
    """
    names = np.asarray(sources)
    folds = np.full(len(labels), -1, dtype=np.intp)
    logits = np.zeros(len(labels))
    probabilities = np.zeros(len(labels))

    def test_logits(
        train: npt.NDArray[np.intp], test: npt.NDArray[np.intp], fold_logs: Path | None = None
    ) -> Logits:
        tuner.fit(features, labels, train, logs=fold_logs)
        return clip_logits(tuner.network, [features.clean[clip] for clip in test])

    outer = folds_by_source(
        labels.astype(int).tolist(), names.tolist(), configuration.folds, configuration.seed
    )
    for fold, (train, test) in enumerate(outer):
        print(f"fold {fold + 1} of {configuration.folds}", flush=True)
        folds[test] = fold
        logits[test] = test_logits(train, test, logs / f"fold{fold + 1}" if logs else None)
        inner_logits = np.zeros(len(train))
        inner = folds_by_source(
            labels[train].astype(int).tolist(),
            names[train].tolist(),
            configuration.calibration_folds,
            configuration.seed,
        )
        for inner_train, inner_test in inner:
            inner_logits[inner_test] = test_logits(train[inner_train], train[inner_test])
        calibration = fit_platt(inner_logits, labels[train])
        probabilities[test] = calibrate(logits[test], calibration)
    return OutOfFold(folds, logits, probabilities)
