"""PyTorch checkpoints written by hand: what `torch.save` writes, without PyTorch."""

from __future__ import annotations

import io
import pickle
import struct
import sys
import types
import zipfile
from collections.abc import Mapping
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_STORAGES = {"<f4": "FloatStorage", "<i8": "LongStorage"}


class Tensor:
    """A tensor as a checkpoint has it: a window on a storage, in any order of its axes."""

    def __init__(self, values: Array, *, order: tuple[int, ...] | None = None, offset: int = 0):
        """`order`: of the axes in memory; `offset`: values of others before it in the storage."""
        axes = order or tuple(range(values.ndim))
        laid_out = np.array(values.transpose(axes), order="C")
        self.stored = np.concatenate([np.full(offset, 7, values.dtype), laid_out.ravel()])
        steps = dict(zip(axes, laid_out.strides, strict=True))
        self.stride = tuple(steps[axis] // values.itemsize for axis in range(values.ndim))
        self.size, self.offset = values.shape, offset


def _rebuild_tensor_v2(*_: Any) -> None:
    """Stands for PyTorch's function of this name, which checkpoints refer to."""


_rebuild_tensor_v2.__module__ = "torch._utils"


class Pickles:
    """Writes checkpoints; PyTorch's names that they refer to are made up for the while."""

    def archive(self, content: Any) -> bytes:
        """The zip layout of PyTorch 1.6 and later."""
        pickled, storages = self._pickle(content)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("archive/data.pkl", pickled)
            for key, stored in storages.items():
                archive.writestr(f"archive/data/{key}", stored.tobytes())
        return buffer.getvalue()

    def stream(self, content: Any) -> bytes:
        """The layout before."""
        pickled, storages = self._pickle(content)
        heads = (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})
        parts = [pickle.dumps(its, protocol=2) for its in heads]
        parts += [pickled, pickle.dumps(list(storages), protocol=2)]
        parts += [struct.pack("<q", len(its)) + its.tobytes() for its in storages.values()]
        return b"".join(parts)

    def _pickle(self, content: Any) -> tuple[bytes, dict[str, Array]]:
        storages: dict[str, Array] = {}
        torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
        for name in _STORAGES.values():
            setattr(torch, name, type(name, (), {"__module__": "torch"}))
        utils.__dict__["_rebuild_tensor_v2"] = _rebuild_tensor_v2

        class Pickler(pickle.Pickler):
            def persistent_id(self, obj: Any) -> Any:
                if not isinstance(obj, np.ndarray):
                    return None
                key = str(len(storages))
                storages[key] = obj
                kind = getattr(torch, _STORAGES[obj.dtype.str])
                return ("storage", kind, key, "cpu", len(obj))

            def reducer_override(self, obj: Any) -> Any:
                if not isinstance(obj, Tensor):
                    return NotImplemented
                return _rebuild_tensor_v2, (obj.stored, obj.offset, obj.size, obj.stride, False, {})

        buffer = io.BytesIO()
        with mock.patch.dict(sys.modules, {"torch": torch, "torch._utils": utils}):
            Pickler(buffer, protocol=2).dump(content)
        return buffer.getvalue(), storages


def state_dict(arrays: Mapping[str, Array]) -> dict[str, Tensor]:
    """Named tensors in C order."""
    return {name: Tensor(values) for name, values in arrays.items()}
