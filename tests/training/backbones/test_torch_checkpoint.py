"""Checkpoints are read as PyTorch wrote them, and nothing in them is run."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.backbones.checkpoints import Pickles, Tensor
from training.backbones.errors import BackboneError
from training.backbones.torch_checkpoint import read_tensors

KERNEL = np.random.default_rng(0).standard_normal((4, 3, 2, 5)).astype(np.float32)
COUNT = np.array(12, dtype=np.int64)


@pytest.mark.parametrize("layout", ["archive", "stream"])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 3, 1), (3, 2, 1, 0)])
def test_tensors_come_back_whatever_their_order_in_memory(
    layout: str, order: tuple[int, ...], tmp_path: Path
) -> None:
    state = OrderedDict(kernel=Tensor(KERNEL, order=order, offset=3), count=Tensor(COUNT))
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(getattr(Pickles(), layout)(state))

    tensors = read_tensors(path)

    assert list(tensors) == ["kernel", "count"]
    assert np.array_equal(tensors["kernel"], KERNEL)
    assert tensors["kernel"].flags.c_contiguous
    assert tensors["count"] == 12
    assert tensors["count"].dtype == np.int64


def test_a_state_dict_may_come_with_other_things(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    content = (OrderedDict(kernel=Tensor(KERNEL)), {"set": (0, 78)})
    path.write_bytes(Pickles().archive(content))

    assert np.array_equal(read_tensors(path)["kernel"], KERNEL)


class _Harmful:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("layout", ["archive", "stream"])
def test_code_in_a_checkpoint_is_refused_and_not_run(layout: str, tmp_path: Path) -> None:
    path, trace = tmp_path / "checkpoint.pth", tmp_path / "run"
    path.write_bytes(getattr(Pickles(), layout)({"kernel": _Harmful(trace)}))

    with pytest.raises(BackboneError, match="mkdir is not allowed"):
        read_tensors(path)
    assert not trace.exists()


def test_a_tensor_stays_within_its_storage(tmp_path: Path) -> None:
    lying = Tensor(KERNEL)
    lying.size = (400, 3, 2, 5)
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(Pickles().archive({"kernel": lying}))

    with pytest.raises(BackboneError, match="beyond its storage"):
        read_tensors(path)


@pytest.mark.parametrize(
    "content", [b"", b"not a checkpoint", pickle.dumps(1), pickle.dumps({"a": 1}) * 4]
)
def test_what_is_no_checkpoint_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(content)

    with pytest.raises(BackboneError, match=r"checkpoint\.pth is not a readable PyTorch"):
        read_tensors(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match="No such file"):
        read_tensors(tmp_path / "absent.pth")


@pytest.mark.parametrize("layout", ["archive", "stream"])
def test_a_file_that_is_cut_short_is_refused(layout: str, tmp_path: Path) -> None:
    whole = getattr(Pickles(), layout)({"kernel": Tensor(KERNEL)})
    path = tmp_path / "checkpoint.pth"
    for length in range(0, len(whole), 41):
        path.write_bytes(whole[:length])
        with pytest.raises(BackboneError):
            read_tensors(path)
