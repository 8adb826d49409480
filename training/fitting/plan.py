"""Which fits a nested cross-validation is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.data.splits import Indices, folds_by_source
from training.fitting.configuration import Configuration


@dataclass(frozen=True)
class PlannedFit:
    """One network to train and what to ask it.

    Attributes:
        seed: of the network's new layers, of the order of the clips, of dropout.
        fold: the outer fold, from 0.
        part: the part of the fold's training clips that is held out for calibration, from 0; None
            for the fit that is tested on the fold itself.
        train, test: indices of clips; no source is in both.
    """

    seed: int
    fold: int
    part: int | None
    train: Indices
    test: Indices

    @property
    def name(self) -> str:
        """A file's name, from 1: `seed0-fold1`, `seed0-fold1-part2`."""
        inner = "" if self.part is None else f"-part{self.part + 1}"
        return f"seed{self.seed}-fold{self.fold + 1}{inner}"


def plan_fits(
    labels: npt.NDArray[np.float32], sources: Sequence[str], configuration: Configuration
) -> list[PlannedFit]:
    """All fits, seed by seed and fold by fold.

    The folds and their inner parts are the same for all seeds. Each seed is tested on every fold.
    The inner parts are shared among the seeds, so that each part of each fold is held out at least
    once: with as many seeds as parts, every seed trains one inner network a fold; with one seed it
    trains all.

    Args:
        labels: float32 (clips,), 0 or 1.
        sources: of each clip.
        configuration: folds, calibration_folds, seeds, seed.

    Raises:
        DatasetError: a class has too few sources.
    """
    names = np.asarray(sources)

    def split(clips: Indices, folds: int) -> list[tuple[Indices, Indices]]:
        within = folds_by_source(
            labels[clips].astype(int).tolist(), names[clips].tolist(), folds, configuration.seed
        )
        return [(clips[train], clips[test]) for train, test in within]

    outer = split(np.arange(len(labels), dtype=np.intp), configuration.folds)
    inner = [split(train, configuration.calibration_folds) for train, _ in outer]
    sharing = min(configuration.seeds, configuration.calibration_folds)
    planned = []
    for turn, seed in enumerate(configuration.all_seeds):
        for fold, (train, test) in enumerate(outer):
            planned.append(PlannedFit(seed, fold, None, train, test))
            planned += [
                PlannedFit(seed, fold, part, inner_train, held_out)
                for part, (inner_train, held_out) in enumerate(inner[fold])
                if part % sharing == turn % sharing
            ]
    return planned
