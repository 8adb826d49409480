"""Labelled recordings on disk → a checked table of clips.

Two layouts are read: a CSV manifest with a file, a label and a source column, or a folder with
the subfolders `sick/` and `not_sick/` (or `not sick/`). A folder that holds a `manifest.csv` is
read by that manifest.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.errors import ScreeningError

MANIFEST_FILE = "manifest.csv"
AUDIO_SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".m4a", ".mp4", ".webm"}
)
LABELS = {"sick": 1, "not_sick": 0, "not sick": 0}
_SEGMENT = re.compile(r"_\d+_\d+$")


class DatasetError(ScreeningError):
    """The recordings cannot be trained on as they are."""

    code = "invalid_dataset"
    title = "The data set cannot be used for training"


@dataclass(frozen=True)
class Clip:
    """One labelled recording.

    Attributes:
        path: the recording.
        label: 1 is sick, 0 is not sick.
        source: what it was cut from (a video, a person): no source may be on two sides of a split.
    """

    path: Path
    label: int
    source: str


def read_dataset(location: Path, *, source_column: str = "source_id") -> list[Clip]:
    """Read a manifest or a folder of labelled recordings and check that it can be trained on.

    Args:
        location: a CSV manifest (paths relative to its own folder), or a folder.
        source_column: the manifest's column that names each recording's source.

    Returns:
        The clips, in the order of their paths: the same data give the same order everywhere.

    Raises:
        DatasetError: the location or a file is missing, a column or a label is not known, a path
            is listed twice, or a class has no clip or fewer than two sources.
    """
    if location.is_dir():
        manifest = location / MANIFEST_FILE
        clips = (
            list(_read_manifest(manifest, source_column))
            if manifest.is_file()
            else list(_read_folders(location))
        )
    elif location.is_file():
        clips = list(_read_manifest(location, source_column))
    else:
        raise DatasetError(f"there is no file or folder {location}")
    clips.sort(key=lambda clip: clip.path.as_posix())
    _check(clips, location)
    return clips


def _read_manifest(manifest: Path, source_column: str) -> Iterator[Clip]:
    with manifest.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        present = reader.fieldnames or []
        absent = [name for name in ("file", "label", source_column) if name not in present]
        if absent:
            raise DatasetError(
                f"{manifest.name} lacks the column {', '.join(absent)}; it has {', '.join(present)}"
            )
        for row in reader:
            line = reader.line_num
            label = LABELS.get((row["label"] or "").strip().lower())
            if label is None:
                raise DatasetError(
                    f"{manifest.name}, line {line}: label {row['label']!r} is not one of "
                    + ", ".join(LABELS)
                )
            source = (row[source_column] or "").strip()
            if not source:
                raise DatasetError(f"{manifest.name}, line {line}: no {source_column}")
            yield Clip(manifest.parent / row["file"], label, source)


def _read_folders(folder: Path) -> Iterator[Clip]:
    for child in folder.iterdir():
        label = LABELS.get(child.name.lower())
        if label is None or not child.is_dir():
            continue
        for path in child.rglob("*"):
            if path.suffix.lower() in AUDIO_SUFFIXES:
                yield Clip(path, label, source_of(path))


def source_of(path: Path) -> str:
    """The source that a file's name tells: AudioSet's `<video>_<start>_<end>`, or the whole stem.

    >>> source_of(Path("sick/0OLpIiSBlfc_60_65.flac"))
    '0OLpIiSBlfc'
    """
    return _SEGMENT.sub("", path.stem)


def _check(clips: list[Clip], location: Path) -> None:
    missing = [clip.path.name for clip in clips if not clip.path.is_file()]
    if missing:
        raise DatasetError(f"{len(missing)} files are missing, first {missing[0]}")
    if len({clip.path for clip in clips}) != len(clips):
        raise DatasetError(f"{location.name} lists a file twice")
    for name, label in (("sick", 1), ("not sick", 0)):
        sources = {clip.source for clip in clips if clip.label == label}
        if not sources:
            raise DatasetError(f"{location.name} has no clip labelled {name}")
        if len(sources) == 1:
            raise DatasetError(
                f"all clips labelled {name} come from one source: they cannot be split by source"
            )
