"""What the test clips say of a retrained network, beside what always guessing would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.bundle import DISCLAIMER, Calibration, Figure
from training.evaluation.metrics import accuracy, all_figures, with_interval
from training.fitting.calibration import calibrate, fit_platt


@dataclass(frozen=True)
class Outcome:
    """Figures on clips that nothing was trained, chosen or calibrated on.

    Attributes:
        clips, sources: how many were tested.
        accuracy: share of right answers, the greater probability deciding, with its 95 % interval
            over sources.
        majority: the same of the training clips' more frequent class.
        calibration: fitted on the validation clips.
        figures: of calibrated probabilities, see `training.evaluation.metrics`.
    """

    clips: int
    sources: int
    accuracy: Figure
    majority: Figure
    calibration: Calibration
    figures: dict[str, Figure]

    def lines(self) -> list[str]:
        """As the terminal shows it."""
        return [
            f"final test accuracy = {_words(self.accuracy)} (N={self.clips} clips of "
            f"{self.sources} sources, 95 % interval over sources)",
            f"always the more frequent class = {_words(self.majority)}",
            DISCLAIMER,
        ]


def measure(
    logits: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int64],
    sources: Sequence[str],
    sides: Sequence[str],
    *,
    seed: int,
) -> Outcome:
    """Measure a retrained network.

    Args:
        logits: of both classes, (clips, 2), of all clips.
        labels: (clips,).
        sources: of each clip.
        sides: "training", "validation" or "testing" of each clip; both classes are on each.
        seed: of the bootstrap.
    """
    margins = (logits[:, 1] - logits[:, 0]).astype(np.float64)
    on = {side: np.flatnonzero(np.asarray(sides) == side) for side in set(sides)}
    validation, testing = on["validation"], on["testing"]
    tested = labels[testing].astype(np.float32)
    calibration = fit_platt(margins[validation], labels[validation].astype(np.float32))
    more_frequent = np.full(len(testing), float(labels[on["training"]].mean() >= 0.5))
    its_sources = np.asarray(sources)[testing].tolist()
    raw = calibrate(margins[testing], Calibration(scale=1.0, offset=0.0))
    return Outcome(
        clips=len(testing),
        sources=len(set(its_sources)),
        accuracy=with_interval(accuracy, tested, raw, its_sources, seed=seed),
        majority=with_interval(accuracy, tested, more_frequent, its_sources, seed=seed),
        calibration=calibration,
        figures=all_figures(
            tested, calibrate(margins[testing], calibration), its_sources, seed=seed
        ),
    )


def _words(figure: Figure) -> str:
    return f"{figure.value:.1%} ({figure.low:.1%} to {figure.high:.1%})"
