"""The proof that a LiteRT file says what the Keras network says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.bundle import Calibration, Export, Network
from shared.errors import BundleError
from training.fitting.calibration import calibrate
from training.fitting.features import predict
from worker.model.network import LiteRtNetwork
from worker.model.pooling import attention_pool
from worker.spectrogram import Patches

PARITY = 1e-3  # of float32, in P(sick)
ANSWERS_CHANGED = 0.02  # of the eight-bit files, unless the user accepts more


@dataclass(frozen=True)
class Judge:
    """Labelled clips, and what the Keras network says of them.

    Attributes:
        clips: float32 (patches, frames, width) each.
        labels: (clips,), 1 is sick.
        calibration, threshold: the card's.
        probabilities: P(sick) by Keras, (clips,).
    """

    clips: Sequence[Patches]
    labels: npt.NDArray[np.float32]
    calibration: Calibration
    threshold: float
    probabilities: npt.NDArray[np.float64]

    def compare(self, folder: Path, described: Network) -> Export:
        """Run a LiteRT file as the worker runs it, and hold its answers against Keras's.

        Args:
            folder: where the file lies.
            described: the card's network part, naming the file.

        Raises:
            BundleError: LiteRT cannot load it.
        """
        served = LiteRtNetwork(folder, described)
        outputs = [served(patches) for patches in self.clips]
        logits = np.array([attention_pool(its.logits, its.attention) for its in outputs])
        probabilities = calibrate(logits, self.calibration)
        answers = probabilities >= self.threshold
        expected = self.probabilities >= self.threshold
        sick = self.labels > 0
        return Export(
            file=described.litert,
            quantisation=described.quantisation,
            bytes=(folder / described.litert).stat().st_size,
            clips=len(self.clips),
            greatest_difference=float(np.abs(probabilities - self.probabilities).max()),
            answers_changed=float(np.mean(answers != expected)),
            accuracy=float(np.mean(answers == sick)),
            keras_accuracy=float(np.mean(expected == sick)),
        )


def make_judge(
    network: Any,
    clips: Sequence[Patches],
    labels: npt.NDArray[np.float32],
    calibration: Calibration,
    threshold: float,
) -> Judge:
    """Ask the Keras network about the clips, once for all files; see `Judge`."""
    outputs = predict(network, np.concatenate(clips))
    borders = np.cumsum([len(patches) for patches in clips])[:-1]
    pairs = zip(
        np.split(outputs["logit"], borders), np.split(outputs["attention"], borders), strict=True
    )
    logits = np.array([attention_pool(*pair) for pair in pairs])
    return Judge(clips, labels, calibration, threshold, calibrate(logits, calibration))


def check_export(export: Export, *, accepted: float = ANSWERS_CHANGED) -> None:
    """Raise BundleError if a file is too far from the Keras network.

    Args:
        export: as compared.
        accepted: share of answers that an eight-bit file may change, 0 to 1.
    """
    if export.quantisation == "float32":
        check_parity(export.greatest_difference)
    elif not export.answers_changed <= accepted:
        raise BundleError(
            f"{export.quantisation} changes {export.answers_changed:.1%} of {export.clips} "
            f"answers, more than {accepted:.1%}: leave it out, or --accept that share"
        )


def check_parity(difference: float) -> None:
    """Raise BundleError if two float32 networks differ by more than `PARITY`."""
    if not difference <= PARITY:
        raise BundleError(f"Keras and LiteRT differ by {difference:.2g} in P(sick)")
