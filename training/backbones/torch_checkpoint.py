"""PyTorch checkpoints → numpy arrays, without PyTorch, and without running what they hold.

A checkpoint is a pickle that refers to storages. The pickle is read by an unpickler that knows a
handful of harmless names and refuses every other. Both layouts are read: the zip archive
(PyTorch 1.6 and later) and the older stream of pickles followed by raw storages.
"""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from training.backbones.errors import BackboneError

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class _Tensor:
    """What a checkpoint says of a tensor; its values lie in a storage."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def values(self, stored: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The tensor in C order; the checkpoint's own order may be another, such as NHWC."""
        steps = zip(self.size, self.stride, strict=True)
        last = self.offset + sum((size - 1) * stride for size, stride in steps)
        if min((*self.size, *self.stride, self.offset), default=0) < 0 or last >= len(stored):
            raise ValueError("a tensor reaches beyond its storage")
        strides = [step * stored.itemsize for step in self.stride]
        view = np.lib.stride_tricks.as_strided(stored[self.offset :], self.size, strides)
        return np.array(view, order="C")


def read_tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """All named tensors of a checkpoint.

    Args:
        path: what `torch.save` wrote of a state dict, or of a tuple whose first item is one.

    Returns:
        Name → array in C order, in the checkpoint's order; scalars have shape ().

    Raises:
        BackboneError: the file cannot be read, or is not such a checkpoint.
    """
    try:
        with path.open("rb") as file:
            read = _read_archive if zipfile.is_zipfile(file) else _read_stream
            file.seek(0)
            content, storages = read(file)
        state = content[0] if isinstance(content, tuple) else content
        return {
            str(name): tensor.values(storages[tensor.storage.key])
            for name, tensor in state.items()
            if isinstance(tensor, _Tensor)
        }
    except OSError as error:
        raise BackboneError(f"{path.name} cannot be read: {error.strerror}") from error
    except Exception as error:  # what a broken pickle raises has no bounds
        raise BackboneError(f"{path.name} is not a readable PyTorch checkpoint: {error}") from error


_Content = tuple[Any, dict[str, npt.NDArray[Any]]]


def _read_archive(file: IO[bytes]) -> _Content:
    with zipfile.ZipFile(file) as archive:
        (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        folder = pickled.removesuffix("data.pkl") + "data/"
        with archive.open(pickled) as stream:
            unpickler = _Unpickler(stream)
            content = unpickler.load()
        storages = {
            key: np.frombuffer(archive.read(folder + key), dtype=storage.dtype)
            for key, storage in unpickler.storages.items()
        }
    return content, storages


def _read_stream(file: IO[bytes]) -> _Content:
    if (_Unpickler(file).load(), _Unpickler(file).load()) != (_MAGIC, _PROTOCOL):
        raise ValueError("unknown format")
    _Unpickler(file).load()  # of the machine that wrote it: all read here are little-endian
    unpickler = _Unpickler(file)
    content = unpickler.load()
    keys = _Unpickler(file).load()
    storages = {}
    for key in keys:
        dtype = unpickler.storages[key].dtype
        (count,) = struct.unpack("<q", file.read(8))
        storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype=dtype)
    return content, storages


class _Unpickler(pickle.Unpickler):
    """Knows tensors, storages and ordered dictionaries; numpy scalars become None."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Callable[..., Any]] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
            ("numpy.core.multiarray", "scalar"): _nothing,
            ("numpy", "dtype"): _Ignored,
            ("_codecs", "encode"): _nothing,
        }
        if (module, name) in known:
            return known[module, name]
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key = pid[:3]
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError("an unknown kind of reference")
        return self.storages.setdefault(key, _Storage(key, dtype))


class _Ignored:
    """Takes any state and keeps none."""

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, _: Any) -> None:
        pass


def _rebuild(storage: _Storage, offset: int, size: Any, stride: Any, *_: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(size), tuple(stride))


def _nothing(*_: Any) -> None:
    return None
