"""Arrays on disk under the hash of all that they were made from.

A file is a SHA-256 of its rest, then the array in NumPy's format. One that is cut short or was
changed counts as missing: whoever needs it makes it again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.atomic_files import write_whole

_DIGEST_BYTES = hashlib.sha256().digest_size


def default_cache() -> Path:
    """`cough-screening/features` in `$XDG_CACHE_HOME`, or in `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "cough-screening" / "features"


def key_of(origin: Any) -> str:
    """The key, 64 hexadecimal digits, of what an array is made from, given as JSON's types."""
    return hashlib.sha256(json.dumps(origin, sort_keys=True).encode()).hexdigest()


class FeatureCache:
    """A folder of arrays. Several processes may share it: a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, key: str) -> bool:
        """Whether something lies there; only `get` tells whether it is sound."""
        return self._path(key).is_file()

    def get(self, key: str) -> npt.NDArray[Any] | None:
        """The array kept under `key`; None if there is none or its file is damaged."""
        try:
            data = self._path(key).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data[_DIGEST_BYTES:]).digest() != data[:_DIGEST_BYTES]:
            return None
        array: npt.NDArray[Any] = np.load(io.BytesIO(data[_DIGEST_BYTES:]), allow_pickle=False)
        return array

    def put(self, key: str, array: npt.NDArray[Any]) -> None:
        """Keep an array.

        Raises:
            CannotWriteError: the disk is full, or the folder may not be written.
        """
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        content = buffer.getvalue()
        # What a loss of power takes is noticed by its hash, and made again.
        write_whole(self._path(key), hashlib.sha256(content).digest() + content, durable=False)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.npy"
