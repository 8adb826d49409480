"""The record of a cross-validation: what a bundle's card quotes, and what proves it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from shared.bundle import Calibration, Evaluation
from training.data.dataset import Clip, DatasetError
from training.json_files import read_json


class TestedClip(BaseModel):
    """One clip's out-of-fold result.

    With several seeds, logit and probability are the means over the seeds' networks: an ensemble's,
    for showing. The figures are not made from them but from each seed's own. Of a soup (see
    `Configuration.soup`) they are the one network's, and so are the figures.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    source: str
    label: int
    fold: int
    logit: float
    probability: float


class SeedResult(BaseModel):
    """What the networks of one seed said of each clip out of fold, in the order of the clips."""

    model_config = ConfigDict(frozen=True)

    seed: int
    logits: list[float]
    probabilities: list[float]


class EvaluationRecord(BaseModel):
    """Everything that a cross-validation found.

    Attributes:
        data_sha256: of the clips' bytes, labels and sources; see `fingerprint`.
        weights_sha256: of the weights that every fold started from.
        configuration: of every fit.
        evaluation: the card's part; its figures are means over the seeds.
        calibration: fitted on all out-of-fold logits: for the network trained on all clips.
        clips: each clip's out-of-fold result.
        seeds: each seed's results.
        fold_calibrations: of each fold, by which all seeds' logits became probabilities.
    """

    model_config = ConfigDict(frozen=True)

    data_sha256: str
    weights_sha256: str
    configuration: dict[str, Any]
    evaluation: Evaluation
    calibration: Calibration
    clips: list[TestedClip]
    seeds: list[SeedResult] = Field(default_factory=list)
    fold_calibrations: list[Calibration] = Field(default_factory=list)

    @property
    def labels(self) -> npt.NDArray[np.float32]:
        """(clips,), 1 is sick."""
        return np.array([clip.label for clip in self.clips], dtype=np.float32)

    @property
    def answers(self) -> npt.NDArray[np.float64]:
        """Calibrated P(sick) out of fold, (repeats, clips): each seed's, or the one soup's."""
        soup = bool(self.configuration.get("soup"))
        # A soup is one network: its seeds' own answers are not what is reported on.
        seeds = [] if soup else [its.probabilities for its in self.seeds]
        return np.array(seeds or [[clip.probability for clip in self.clips]])

    def check_belongs(
        self, data_sha256: str, weights_sha256: str, configuration: dict[str, Any]
    ) -> None:
        """Raise DatasetError unless the record is of these data, weights and configuration."""
        for what, mine, given in (
            ("data", self.data_sha256, data_sha256),
            ("start weights", self.weights_sha256, weights_sha256),
            ("configuration", self.configuration, configuration),
        ):
            if mine != given:
                raise DatasetError(f"the evaluation is of another {what}: cross-validate again")


def read_record(path: Path) -> EvaluationRecord:
    """Read what `crossvalidate --record` wrote.

    Raises:
        DatasetError: the file is missing or is no such record.
    """
    return read_json(path, EvaluationRecord, "is not an evaluation record")


def fingerprint(clips: Sequence[Clip], others: Sequence[Path] = ()) -> str:
    """SHA-256 over the clips' contents, labels and sources, and over other files' contents."""
    digest = hashlib.sha256()
    for clip in clips:
        digest.update(f"{clip.label} {clip.source} {file_sha256(clip.path)}\n".encode())
    for path in others:
        digest.update(f"{file_sha256(path)}\n".encode())
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
