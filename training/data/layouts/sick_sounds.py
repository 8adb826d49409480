"""Sick Sounds (Pfizer, Digital Medicine Challenge): the folders `sick` and `not sick`.

Labels: the folder's. `sick` means that a cough or a sneeze can be heard; `not sick` is music,
laughter, talk, animals and the like, hardly ever a healthy cough. Nobody's health was examined.

Sources: the clips are named like AudioSet's, `<video>_<start>_<end>`, and those of one video are
one source; a name of another form is a source of its own. Subjects and devices are not known.

Any folder of this form is read: `not_sick` will do, and there may be folders within.
"""

from __future__ import annotations

import re
from pathlib import Path

from training.data.clip import AUDIO_SUFFIXES, Clip, Listing
from training.data.layouts.manifest import LABELS

LOOKS_LIKE = "the folders sick/ and not_sick/ (or not sick/)"
_SEGMENT = re.compile(r"_\d+_\d+$")


def recognises(location: Path) -> bool:
    """A folder with one of the labels' folders."""
    return bool(_label_folders(location))


def read(location: Path) -> Listing:
    """List the recordings in both folders."""
    clips = [
        Clip(path, label, source_of(path))
        for folder, label in _label_folders(location)
        for path in folder.rglob("*")
        if path.suffix.lower() in AUDIO_SUFFIXES
    ]
    return Listing(clips)


def source_of(path: Path) -> str:
    """The source that a file's name tells: AudioSet's `<video>_<start>_<end>`, or the whole stem.

    >>> source_of(Path("sick/0OLpIiSBlfc_60_65.flac"))
    '0OLpIiSBlfc'
    """
    return _SEGMENT.sub("", path.stem)


def _label_folders(location: Path) -> list[tuple[Path, int]]:
    if not location.is_dir():
        return []
    return [
        (child, LABELS[child.name.lower()])
        for child in sorted(location.iterdir())
        if child.name.lower() in LABELS and child.is_dir()
    ]
