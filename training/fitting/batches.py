"""Endless batches of whole clips for fine-tuning, padded, shuffled and mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from training.fitting.configuration import Configuration
from training.fitting.features import Activations, Features

Batch = tuple[dict[str, npt.NDArray[np.float32]], npt.NDArray[np.float32]]


def clip_batches(
    features: Features,
    labels: npt.NDArray[np.float32],
    clips: npt.NDArray[np.intp],
    configuration: Configuration,
    seed: int,
    *,
    first_epoch: int = 0,
) -> Iterator[Batch]:
    """Batches of `configuration.batch_clips` clips, epoch after epoch, without end.

    Every epoch takes the clips in a new order and in the next augmented view (in the clean one
    if there are no views). An epoch depends on the seed and its number, not on those before it: a
    run that goes on at `first_epoch` sees what it would have seen.

    Args:
        features: of all clips.
        labels: float32 (all clips,), 0 or 1.
        clips: indices of the clips to train on.
        configuration: batch size, mixup, longest clip.
        seed: of the order and the mixing.
        first_epoch: number of the epoch to begin with.

    Yields:
        {"activations": (batch, patches, height, width, channels), "present": (batch, patches)}
        and the labels (batch,), all float32.
    """
    views = features.views or [features.clean]
    longest = max(len(view[clip]) for view in views for clip in clips)
    patches = min(longest, configuration.max_patches)
    first_view = int(np.random.default_rng(seed).integers(len(views)))
    for epoch in count(first_epoch):
        rng = np.random.default_rng([seed, epoch])
        view = views[(first_view + epoch) % len(views)]
        order = rng.permutation(clips)
        for step in range(steps_per_epoch(len(clips), configuration)):
            chosen = np.resize(order[step * configuration.batch_clips :], configuration.batch_clips)
            batch = pad([_window(view[clip], patches, rng) for clip in chosen], patches)
            yield mix(batch, labels[chosen], configuration.mixup, rng)


def steps_per_epoch(clips: int, configuration: Configuration) -> int:
    """Whole batches in `clips`, at least one; the rest sits this epoch out."""
    return max(1, clips // configuration.batch_clips)


def _window(clip: Activations, patches: int, rng: np.random.Generator) -> Activations:
    """A stretch of at most `patches` patches."""
    start = int(rng.integers(max(0, len(clip) - patches) + 1))
    return clip[start : start + patches]


def pad(clips: list[Activations], patches: int) -> dict[str, npt.NDArray[np.float32]]:
    """Stack clips of at most `patches` patches; `present` is 1 where there is one, 0 after."""
    activations = np.zeros((len(clips), patches, *clips[0].shape[1:]), dtype=np.float32)
    present = np.zeros((len(clips), patches), dtype=np.float32)
    for row, clip in enumerate(clips):
        activations[row, : len(clip)] = clip
        present[row, : len(clip)] = 1.0
    return {"activations": activations, "present": present}


def mix(
    batch: dict[str, npt.NDArray[np.float32]],
    labels: npt.NDArray[np.float32],
    alpha: float,
    rng: np.random.Generator,
) -> Batch:
    """Manifold mixup (Verma et al. 2019): each clip with a weaker share of another and its label.

    Args:
        batch: of `pad`.
        labels: (batch,), 0 to 1.
        alpha: of the Beta distribution that the shares come from; 0 mixes nothing.
        rng: the only source of randomness.
    """
    if alpha == 0.0:
        return batch, labels
    drawn = rng.beta(alpha, alpha, size=len(labels)).astype(np.float32)
    share = np.maximum(drawn, 1.0 - drawn)
    other = rng.permutation(len(labels))

    def blend(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        own = share.reshape(-1, *[1] * (values.ndim - 1))
        return np.asarray(own * values + (1.0 - own) * values[other], dtype=np.float32)

    present = batch["present"]
    mixed = {
        "activations": blend(batch["activations"]),
        "present": np.maximum(present, present[other]),
    }
    return mixed, blend(labels)
