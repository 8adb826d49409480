"""Files that are there whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shared.errors import ScreeningError


class CannotWriteError(ScreeningError):
    """A full disk, a limit, a folder that may not be written."""

    code = "cannot_write"
    title = "The result cannot be written"


@contextmanager
def whole_file(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Open a file to write that appears at `path`, complete, when the block ends.

    If the block raises, nothing is left behind and what lay at `path` stays as it was.

    Args:
        path: where the file shall be; its folder is made.
        durable: whether it must be on disk then, to outlive a loss of power.

    Raises:
        CannotWriteError: the system refused; the message says why.
    """
    beside = path.with_name(f".writing-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("wb") as file:
                yield file
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWriteError(f"{path}: {error.strerror or error}") from error


def write_whole(path: Path, content: bytes | str, *, durable: bool = True) -> None:
    """Write a small file through `whole_file`; text as UTF-8."""
    with whole_file(path, durable=durable) as file:
        file.write(content.encode() if isinstance(content, str) else content)
