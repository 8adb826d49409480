"""Background recordings for augmentation, from a folder, a labelled manifest or ESC-50."""

from __future__ import annotations

from pathlib import Path

from training.data.clip import AUDIO_SUFFIXES, DatasetError
from training.data.layouts import esc
from training.data.layouts.manifest import MANIFEST_FILE
from training.data.tables import read_rows


def find_backgrounds(location: Path) -> list[Path]:
    """List the recordings that may be mixed under any clip without changing its label.

    Args:
        location: a folder of recordings in one subfolder a class; with a `manifest.csv` (columns
            file, label), only what that lists; ESC-50 as published, too.

    Returns:
        Paths in order, without the classes of `esc.LIKE_SICK`, which sound like what the network
        must find.

    Raises:
        DatasetError: there is none, or a listed file is missing.
    """
    manifest = location / MANIFEST_FILE
    if esc.recognises(location):
        paths = [clip.path for clip in esc.read(location).clips if not clip.label]
    elif manifest.is_file():
        rows = read_rows(manifest, ("file", "label"))
        paths = [location / row["file"] for _, row in rows if row["label"] not in esc.LIKE_SICK]
    else:
        paths = [
            path
            for path in location.rglob("*")
            if path.suffix.lower() in AUDIO_SUFFIXES and path.parent.name not in esc.LIKE_SICK
        ]
    paths.sort()
    if not paths:
        raise DatasetError(f"{location} holds no background recording")
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise DatasetError(f"{len(missing)} backgrounds are missing, first {missing[0]}")
    return paths
