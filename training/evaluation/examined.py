"""A record of a cross-validation, held against the recordings that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.data.dataset import Clip, DatasetError
from training.evaluation.metrics import Labels, Scores
from training.evaluation.record import EvaluationRecord, fingerprint
from worker.audio.decoding import Decoded
from worker.spectrogram import Waveform


@dataclass(frozen=True)
class Examined:
    """Clips, what was answered to each by a network that had not seen it, and their sound.

    Attributes:
        clips: the table.
        recordings: decoded, in the same order, level not normalised.
        folds: (clips,), the fold that tested each clip, from 0.
        answers: (repeats, clips), calibrated probabilities, out of fold; a repeat is a whole
            cross-validation with another seed.
        threshold: sick from this probability.
    """

    clips: Sequence[Clip]
    recordings: Sequence[Decoded]
    folds: npt.NDArray[np.intp]
    answers: Scores
    threshold: float

    @property
    def labels(self) -> Labels:
        """float32 (clips,), 1 is sick."""
        return np.array([clip.label for clip in self.clips], dtype=np.float32)

    @property
    def sources(self) -> list[str]:
        """The source of each clip."""
        return [clip.source for clip in self.clips]

    @property
    def waveforms(self) -> list[Waveform]:
        """float32 (samples,) each."""
        return [recording.waveform for recording in self.recordings]

    @property
    def devices(self) -> list[str] | None:
        """The device of each clip, where the data tell."""
        named = [clip.device for clip in self.clips]
        return named if any(named) else None

    @property
    def probabilities(self) -> Scores:
        """(clips,), the mean over the repeats: for looking at single clips."""
        return np.asarray(self.answers.mean(axis=0))

    @property
    def wrong(self) -> Scores:
        """(clips,), the share of repeats whose decision differs from the label."""
        return np.asarray(
            np.not_equal(self.answers >= self.threshold, self.labels > 0).mean(axis=0)
        )


def examine_record(
    record: EvaluationRecord, clips: Sequence[Clip], recordings: Sequence[Decoded], threshold: float
) -> Examined:
    """Put a record that `check_is_of` these clips together with them."""
    return Examined(
        clips=clips,
        recordings=recordings,
        folds=np.array([tested.fold for tested in record.clips], dtype=np.intp),
        answers=record.answers,
        threshold=threshold,
    )


def check_is_of(
    record: EvaluationRecord, clips: Sequence[Clip], backgrounds: Sequence[Path]
) -> None:
    """Raise DatasetError unless the record is of exactly these clips, folds kept apart by source.

    Args:
        record: of `crossvalidate`.
        clips: as read from the same data.
        backgrounds: the noise that the networks were trained with: the record's hash covers it.
    """
    if record.data_sha256 != fingerprint(clips, backgrounds):
        raise DatasetError(
            "the record is of other data: give the --data and every --noise that it was made with"
        )
    told = [(tested.file, tested.source, tested.label) for tested in record.clips]
    if told != [(clip.path.name, clip.source, clip.label) for clip in clips]:
        raise DatasetError("the record does not list the data's clips, sources and labels")
    if any(len(its.probabilities) != len(clips) for its in record.seeds):
        raise DatasetError("the record does not have every clip's answer of each seed")
    folds: dict[str, int] = {}
    for tested in record.clips:
        if folds.setdefault(tested.source, tested.fold) != tested.fold:
            raise DatasetError(
                f"the record tests source {tested.source} in two folds: each had seen it in "
                "training, so its figures say nothing"
            )
