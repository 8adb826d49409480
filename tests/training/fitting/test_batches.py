"""Batches hold whole clips, padded, and only the clips asked for."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from training.fitting.batches import clip_batches, mix, pad, steps_per_epoch
from training.fitting.configuration import Configuration
from training.fitting.features import Features

CONFIGURATION = replace(Configuration(), batch_clips=2, mixup=0.0, max_patches=4)
LENGTHS = [1, 3, 6, 2, 3]
CLIPS = [
    np.full((length, 2, 2, 3), index, dtype=np.float16) for index, length in enumerate(LENGTHS)
]
LABELS = np.array([0, 1, 0, 1, 1], dtype=np.float32)
CHOSEN = np.array([0, 2, 3, 4])


def test_an_epoch_shows_each_chosen_clip_once_and_no_other() -> None:
    batches = clip_batches(Features(CLIPS, []), LABELS, CHOSEN, CONFIGURATION, seed=0)
    seen: list[int] = []
    for inputs, labels in islice(batches, steps_per_epoch(len(CHOSEN), CONFIGURATION)):
        assert inputs["activations"].shape == (2, 4, 2, 2, 3)
        clips = inputs["activations"][:, 0, 0, 0, 0].astype(int)
        assert inputs["present"].sum(axis=1).tolist() == [min(4, LENGTHS[clip]) for clip in clips]
        assert labels.tolist() == LABELS[clips].tolist()
        seen.extend(clips)
    assert sorted(seen) == CHOSEN.tolist()


def test_epochs_go_through_the_views_in_turn() -> None:
    views = [[clip + 10 * view for clip in CLIPS] for view in (1, 2, 3)]
    batches = clip_batches(Features(CLIPS, views), LABELS, CHOSEN, CONFIGURATION, seed=0)
    shown = [inputs["activations"][0, 0, 0, 0, 0] // 10 for inputs, _ in islice(batches, 8)]
    assert shown[::2] == shown[1::2]
    assert sorted(shown[:6:2]) == [1, 2, 3]
    assert shown[6] == shown[0]


def test_the_seed_decides_everything() -> None:
    def first(seed: int) -> np.ndarray:
        mixed = replace(CONFIGURATION, mixup=0.4)
        batches = clip_batches(Features(CLIPS, []), LABELS, CHOSEN, mixed, seed)
        return next(batches)[0]["activations"]

    assert np.array_equal(first(3), first(3))
    assert not np.array_equal(first(3), first(4))


def test_mixup_blends_clips_and_labels_alike() -> None:
    batch = pad([CLIPS[0], CLIPS[1]], 3)
    labels = np.array([0.0, 1.0], dtype=np.float32)
    inputs, mixed = mix(batch, labels, 0.4, np.random.default_rng(5))
    values = inputs["activations"][:, 0, 0, 0, 0]
    assert values == pytest.approx(mixed)
    assert mixed[0] <= 0.5 <= mixed[1]
    assert mix(batch, labels, 0.0, np.random.default_rng(5)) == (batch, labels)


def test_few_clips_still_fill_a_batch() -> None:
    batches = clip_batches(Features(CLIPS, []), LABELS, np.array([1]), CONFIGURATION, seed=0)
    inputs, labels = next(batches)
    assert inputs["activations"].shape[0] == len(labels) == CONFIGURATION.batch_clips


def test_an_epoch_does_not_depend_on_those_before_it() -> None:
    views = [[clip + 10 * view for clip in CLIPS] for view in (1, 2, 3)]
    mixed = replace(CONFIGURATION, mixup=0.4)

    def epochs(first_epoch: int, count: int) -> list[np.ndarray]:
        batches = clip_batches(
            Features(CLIPS, views), LABELS, CHOSEN, mixed, 3, first_epoch=first_epoch
        )
        steps = count * steps_per_epoch(len(CHOSEN), mixed)
        return [inputs["activations"] for inputs, _ in islice(batches, steps)]

    assert np.array_equal(epochs(0, 5)[2 * 2 :], epochs(2, 3))
