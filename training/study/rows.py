"""Rows of the study's table, from records of cross-validations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from shared.bundle import Figure
from training.data.dataset import DatasetError
from training.evaluation.metrics import all_figures, auc
from training.evaluation.record import EvaluationRecord
from training.study.cost import Cost

SHOWN = ("auc", "accuracy", "expected_calibration_error")


class Row(BaseModel):
    """One candidate's figures.

    Attributes:
        name, says: of the candidate.
        networks: that are run for one answer.
        figures: of `SHOWN`, means over the repeats, with 95 % intervals over sources.
        fold_aucs: AUC within each fold, mean over the repeats.
        cost: of one network; None where there is no network.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    says: str
    networks: int
    figures: dict[str, Figure]
    fold_aucs: list[float]
    cost: Cost | None

    @property
    def standard_error(self) -> float:
        """Of the mean over folds of the AUC."""
        return float(np.std(self.fold_aucs, ddof=1) / np.sqrt(len(self.fold_aucs)))

    @property
    def mean_auc(self) -> float:
        """Mean over folds: what the one-standard-error rule compares."""
        return float(np.mean(self.fold_aucs))

    @property
    def milliseconds(self) -> float | None:
        """For one answer, by all its networks."""
        return None if self.cost is None else self.networks * self.cost.milliseconds


def make_row(
    name: str,
    says: str,
    record: EvaluationRecord,
    answers: npt.NDArray[np.float64],
    *,
    cost: Cost | None,
    networks: int = 1,
) -> Row:
    """A row from answers to a record's clips.

    Args:
        name, says: of the candidate.
        record: whose labels, sources and folds hold.
        answers: (repeats, clips), calibrated probabilities, out of fold.
        cost: of one network.
        networks: that are run for one answer.
    """
    labels = np.array([clip.label for clip in record.clips], dtype=np.float32)
    folds = np.array([clip.fold for clip in record.clips])
    figures = all_figures(labels, answers, [clip.source for clip in record.clips])
    fold_aucs = [
        float(np.mean([auc(labels[folds == fold], its[folds == fold]) for its in answers]))
        for fold in range(folds.max() + 1)
    ]
    return Row(
        name=name,
        says=says,
        networks=networks,
        figures={its: figures[its] for its in SHOWN},
        fold_aucs=fold_aucs,
        cost=cost,
    )


def seed_answers(record: EvaluationRecord) -> npt.NDArray[np.float64]:
    """(seeds, clips), each seed's own networks."""
    return np.array([its.probabilities for its in record.seeds])


def soup_answers(record: EvaluationRecord) -> npt.NDArray[np.float64]:
    """(1, clips), the one network that averages the seeds' weights."""
    return np.array([[clip.probability for clip in record.clips]])


def check_comparable(records: Sequence[EvaluationRecord]) -> None:
    """Raise DatasetError unless all records are of the same clips in the same folds."""
    first = [(clip.file, clip.label, clip.fold) for clip in records[0].clips]
    for record in records[1:]:
        if [(clip.file, clip.label, clip.fold) for clip in record.clips] != first:
            raise DatasetError("the records are not of the same clips in the same folds")


def choose(rows: Sequence[Row]) -> Row:
    """The one-standard-error rule (Breiman et al. 1984), towards the faster network.

    Of the rows that are one network, the fastest whose mean AUC is within one standard error of
    the best one's.
    """
    single = [row for row in rows if row.networks == 1 and row.milliseconds is not None]
    best = max(single, key=lambda row: row.mean_auc)
    good = [row for row in single if row.mean_auc >= best.mean_auc - best.standard_error]
    # Networks of one architecture cost the same, but for noise of the clock: then the better one.
    fastest = min(row.milliseconds or 0.0 for row in good)
    fast = [row for row in good if (row.milliseconds or 0.0) <= 1.1 * fastest]
    return max(fast, key=lambda row: row.mean_auc)
