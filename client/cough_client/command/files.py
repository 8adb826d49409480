"""Which files are meant: those that are named, and the recordings in folders that are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

# Of the formats that the service takes. It looks at the bytes; a folder is searched by names.
SUFFIXES: Final = frozenset(
    {".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3"}
    | {".aif", ".aiff", ".aifc", ".m4a", ".mp4", ".webm"}
)


def find_recordings(paths: Iterable[Path]) -> list[Path]:
    """The files among `paths`, and the recordings anywhere under its folders.

    Hidden files and folders are left out, and so is what comes twice.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_under(path) if path.is_dir() else [path]))
    return list(found)


def _under(folder: Path) -> list[Path]:
    inside = (file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES)
    return sorted(
        file
        for file in inside
        if file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )
