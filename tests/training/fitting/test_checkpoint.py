"""A checkpoint is whole or it is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.fitting.checkpoint import Checkpoint

VALUES = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array([7, 8], dtype=np.uint32)]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    saved = Checkpoint(tmp_path / "checkpoints" / "fit.npz")
    saved.save(3, VALUES)
    return saved


def test_it_gives_back_what_was_saved(checkpoint: Checkpoint) -> None:
    loaded = checkpoint.load(VALUES)
    assert loaded is not None
    assert loaded[0] == 3
    for one, other in zip(loaded[1], VALUES, strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype


def test_the_newest_takes_the_older_one_s_place(checkpoint: Checkpoint) -> None:
    checkpoint.save(4, VALUES)
    loaded = checkpoint.load(VALUES)
    assert loaded is not None
    assert loaded[0] == 4
    assert [its.name for its in checkpoint.path.parent.iterdir()] == ["fit.npz"]


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.99])
def test_a_damaged_one_is_none(checkpoint: Checkpoint, keep: float) -> None:
    content = checkpoint.path.read_bytes()
    checkpoint.path.write_bytes(content[: int(keep * len(content))])
    assert checkpoint.load(VALUES) is None


def test_another_network_s_is_none(checkpoint: Checkpoint) -> None:
    assert checkpoint.load([VALUES[0].T, VALUES[1]]) is None
    assert checkpoint.load([*VALUES, VALUES[0]]) is None
    assert checkpoint.load([VALUES[0], VALUES[1].astype(np.int32)]) is None


def test_none_is_there_before_and_after(checkpoint: Checkpoint) -> None:
    checkpoint.remove()
    checkpoint.remove()
    assert checkpoint.load(VALUES) is None
