"""When a network that others are built on hears no cough or sneeze: the calibration of `event`.

`event` of a clip is the greatest of its patches' logits, not their mean weighted by attention, so
it has a calibration of its own, from networks that had not seen the clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from shared.bundle import Calibration
from training.data.clip import DatasetError
from training.evaluation.doubting import least_event
from training.evaluation.fold_networks import LiteRtFolds
from training.evaluation.metrics import auc
from training.evaluation.record import EvaluationRecord
from training.fitting.calibration import calibrate, fit_platt
from training.json_files import read_json
from worker.features import waveform_to_patches
from worker.spectrogram import Waveform


class Listener(BaseModel):
    """What `listener --json` writes.

    Attributes:
        data_sha256: of the data that it was measured on, as in `EvaluationRecord`.
        event: from the greatest logit over a clip's patches to P(a cough or a sneeze).
        event_below: see `training.evaluation.doubting.least_event`; 0.5 at most.
        auc: of the greatest logit, out of fold.
        sick, others: clips labelled as having a cough or a sneeze, and the others.
        sick_below, others_below: those of them below `event_below`.
    """

    model_config = ConfigDict(frozen=True)

    data_sha256: str
    event: Calibration
    event_below: float = Field(ge=0, le=0.5)
    auc: float
    sick: int
    others: int
    sick_below: int
    others_below: int

    @property
    def chosen(self) -> str:
        """How `event_below` was chosen, for the card."""
        return (
            f"P(a cough or a sneeze) was calibrated on {self.sick + self.others} clips of the data "
            "that the network below was trained on, by networks that had not seen them; less than "
            f"{self.event_below:g} was given to {self.sick_below} of {self.sick} clips with a "
            f"cough or a sneeze and to {self.others_below} of {self.others} without."
        )


def calibrate_listener(
    record: EvaluationRecord, networks: LiteRtFolds, waveforms: Sequence[Waveform]
) -> Listener:
    """Ask each fold's network about its clips, and calibrate the greatest logit.

    Args:
        record: of the cross-validation.
        networks: that it kept.
        waveforms: of the record's clips, float32 (samples,) each.

    Raises:
        DatasetError: the networks are not those of the record.
    """
    for fold, calibration in enumerate(record.fold_calibrations):
        if networks.calibration(fold) != calibration:
            raise DatasetError("the kept networks are not those of this record: their calibrations")
    folds = np.array([clip.fold for clip in record.clips])
    labels = record.labels
    logits = np.zeros(len(folds))
    for fold in np.unique(folds):
        its: list[int] = np.flatnonzero(folds == fold).tolist()
        patches = [waveform_to_patches(waveforms[clip], networks.front_end) for clip in its]
        logits[its] = networks.greatest_logits(int(fold), patches)
    event = fit_platt(logits, labels)
    probabilities = calibrate(logits, event)
    # What more likely holds a cough than not is never warned of.
    least = min(0.5, least_event(labels, probabilities))
    below, sick = probabilities < least, labels > 0
    return Listener(
        data_sha256=record.data_sha256,
        event=event,
        event_below=least,
        auc=auc(labels, logits),
        sick=int(sick.sum()),
        others=int((~sick).sum()),
        sick_below=int((below & sick).sum()),
        others_below=int((below & ~sick).sum()),
    )


def read_listener(path: Path) -> Listener:
    """Read what `listener --json` wrote.

    Raises:
        DatasetError: the file is missing or is no such thing.
    """
    return read_json(path, Listener, "is no listener")
