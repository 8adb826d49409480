"""Examined clips made from nothing but labels and answers, and records of made recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.bundle import Calibration, Evaluation, Figure
from training.data.dataset import Clip, read_dataset
from training.data.recordings import read_waveforms
from training.data.splits import folds_by_source
from training.evaluation.examined import Examined
from training.evaluation.record import EvaluationRecord, TestedClip, fingerprint
from training.front_end import YAMNET_FRONT_END
from worker.audio.decoding import Decoded
from worker.spectrogram import Waveform

RATE = YAMNET_FRONT_END.sample_rate
Answer = Callable[[Waveform], float]


def make_examined(
    labels: Sequence[int],
    answers: Sequence[float] | Sequence[Sequence[float]],
    *,
    sources: Sequence[str] | None = None,
    folds: Sequence[int] | None = None,
    waveforms: Sequence[Waveform] | None = None,
    device: Callable[[int], str] = lambda _: "",
) -> Examined:
    """Clips of a source each, tested in two folds, silent where no waveform is given."""
    count = len(labels)
    silence = np.zeros(RATE // 10, dtype=np.float32)
    heard = waveforms or [silence] * count
    return Examined(
        clips=[
            Clip(Path(f"{i}.wav"), labels[i], sources[i] if sources else str(i), device=device(i))
            for i in range(count)
        ],
        recordings=[
            Decoded(its, len(its) / RATE, RATE, 1, AudioFormat.WAV, truncated=False)
            for its in heard
        ],
        folds=np.asarray(folds if folds is not None else [i % 2 for i in range(count)]),
        answers=np.atleast_2d(np.asarray(answers, dtype=np.float64)),
        threshold=0.5,
    )


def make_record(data: Path, answer: Answer, *, folds: int = 2) -> EvaluationRecord:
    """A record of a folder of recordings in which every fold's network gives `answer`."""
    clips = read_dataset(data)
    waveforms = read_waveforms([clip.path for clip in clips], RATE)
    numbers = np.zeros(len(clips), dtype=int)
    labels, sources = [clip.label for clip in clips], [clip.source for clip in clips]
    for fold, (_, test) in enumerate(folds_by_source(labels, sources, folds, 0)):
        numbers[test] = fold
    half = Figure(value=0.5, low=0.4, high=0.6)
    return EvaluationRecord(
        data_sha256=fingerprint(clips),
        weights_sha256="0" * 64,
        configuration={},
        evaluation=Evaluation(
            protocol="Made for a test.",
            command="python -m training crossvalidate",
            clips=len(clips),
            sources=len(set(sources)),
            figures={"auc": half},
            baselines={"auc": half},
        ),
        calibration=Calibration(scale=1.0, offset=0.0),
        clips=[
            TestedClip(
                file=clip.path.name,
                source=clip.source,
                label=clip.label,
                fold=int(fold),
                logit=0.0,
                probability=answer(waveform),
            )
            for clip, waveform, fold in zip(clips, waveforms, numbers, strict=True)
        ],
    )


def loudness(waveform: Waveform) -> float:
    """A toy that hears nothing but the level: sick from a mean power of -20 dB."""
    power = float(np.mean(np.square(waveform, dtype=np.float64)))
    return float(1 / (1 + (0.01 / (power + 1e-12)) ** 2))


@pytest.fixture
def loud_record(recordings: Path) -> EvaluationRecord:
    """A record of the made recordings, answered by their level."""
    return make_record(recordings, loudness)
