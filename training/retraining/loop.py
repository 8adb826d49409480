"""The steps, with what a person watches meanwhile: lines on the terminal, TensorBoard's logs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from training.retraining.learner import Learner, StepResult, judge

SIDES = ("train", "validation")
_LINES = 50  # on the terminal, at most; TensorBoard gets every evaluation
_HISTOGRAMS = 100  # at most


def train(
    learner: Learner,
    labels: npt.NDArray[np.int64],
    validation: Sequence[int],
    *,
    steps: int,
    eval_step_interval: int,
    summaries: Path,
) -> None:
    """Take all steps; every `eval_step_interval` look at the batch and at the validation clips.

    Args:
        learner: is trained in place.
        labels: of all clips, (clips,).
        validation: indices of the validation clips; may be empty.
        steps: how many.
        eval_step_interval: steps between evaluations; the last step has one too.
        summaries: folder of TensorBoard's logs, in `train` and `validation`; an earlier run's
            event files there are removed.
    """
    ends = [*range(eval_step_interval, steps, eval_step_interval), steps]
    line_every = max(1, -(-len(ends) // _LINES))
    histogram_every = max(1, -(-len(ends) // _HISTOGRAMS))
    writers = _Writers(summaries)
    done = 0
    with tqdm(total=steps, desc="training", unit="step", leave=False) as bar:
        for number, end in enumerate(ends, start=1):
            trained = learner.advance(end - done)
            bar.update(end - done)
            done = end
            validated = (
                judge(learner.logits(validation), labels[validation]) if validation else None
            )
            writers.scalars(end, trained, validated)
            if number % histogram_every == 0 or end == steps:
                writers.histograms(end, learner.distributions())
            if number % line_every == 0 or end == steps:
                bar.write(_line(end, trained, validated, len(validation)))
    writers.close()


def _line(step: int, trained: StepResult, validated: StepResult | None, count: int) -> str:
    line = (
        f"step {step}: train accuracy = {trained.accuracy:.1%}, "
        f"cross entropy = {trained.cross_entropy:.4f}"
    )
    if validated is None:
        return line
    return f"{line}, validation accuracy = {validated.accuracy:.1%} (N={count})"


class _Writers:
    """TensorBoard's event files of both sides."""

    def __init__(self, folder: Path) -> None:
        import tensorflow as tf

        self._summary = tf.summary
        for side in SIDES:
            for old in (folder / side).glob("events.out.tfevents.*"):
                old.unlink()
        self._writers = {
            side: tf.summary.create_file_writer(str(folder / side), max_queue=1000)
            for side in SIDES
        }

    def scalars(self, step: int, trained: StepResult, validated: StepResult | None) -> None:
        for side, result in zip(SIDES, (trained, validated), strict=True):
            if result is not None:
                with self._writers[side].as_default(step):
                    self._summary.scalar("accuracy", result.accuracy)
                    self._summary.scalar("cross_entropy", result.cross_entropy)

    def histograms(self, step: int, distributions: dict[str, Any]) -> None:
        with self._writers["train"].as_default(step):
            for tag, values in distributions.items():
                self._summary.histogram(tag, values)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()
