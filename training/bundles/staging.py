"""A folder that is written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from training.atomic_files import CannotWriteError


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of `out` when the block has ended well.

    It lies beside `out` and has the same two last names, so a card in it can be read. When the
    block raises, or the disk is full, `out` is as it was and nothing else is left behind.

    Raises:
        CannotWriteError: the system refused.
    """
    parent_is_new = not out.parent.exists()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".writing-") as temporary:
            folder = Path(temporary) / out.parent.name / out.name
            folder.mkdir(parents=True)
            yield folder
            _take_place(folder, out, Path(temporary) / "replaced")
    except OSError as error:
        raise CannotWriteError(f"{out}: {_reason(error)}") from error
    finally:
        if parent_is_new and not out.exists():
            with suppress(OSError):
                out.parent.rmdir()


def _take_place(folder: Path, out: Path, aside: Path) -> None:
    if out.exists():
        shutil.move(out, aside)
    try:
        folder.rename(out)
    except OSError:
        if aside.exists():
            shutil.move(aside, out)
        raise


def _reason(error: OSError) -> str:
    """One short line; HDF5 tells pages."""
    return os.strerror(error.errno) if error.errno else str(error).partition("\n")[0]
