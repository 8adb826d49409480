"""Background recordings for augmentation, from a folder or a labelled manifest."""

from __future__ import annotations

from pathlib import Path

from training.data.clip import AUDIO_SUFFIXES, DatasetError
from training.data.layouts.esc import LIKE_SICK
from training.data.layouts.manifest import MANIFEST_FILE
from training.data.tables import read_rows


def find_backgrounds(location: Path) -> list[Path]:
    """List the recordings that may be mixed under any clip without changing its label.

    Args:
        location: a folder of recordings in one subfolder a class, such as ESC-10; with a
            `manifest.csv` (columns file, label), only what that lists.

    Returns:
        Paths in order, without the classes of `LIKE_SICK`.

    Raises:
        DatasetError: there is none, or a listed file is missing.
    """
    manifest = location / MANIFEST_FILE
    if manifest.is_file():
        rows = read_rows(manifest, ("file", "label"))
        labelled = [(location / row["file"], row["label"]) for _, row in rows]
    else:
        labelled = [
            (path, path.parent.name)
            for path in location.rglob("*")
            if path.suffix.lower() in AUDIO_SUFFIXES
        ]
    paths = sorted(path for path, label in labelled if label not in LIKE_SICK)
    if not paths:
        raise DatasetError(f"{location} holds no background recording")
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise DatasetError(f"{len(missing)} backgrounds are missing, first {missing[0]}")
    return paths
