"""Background recordings for augmentation, from a folder or a labelled manifest."""

from __future__ import annotations

import csv
from pathlib import Path

from training.data.dataset import AUDIO_SUFFIXES, MANIFEST_FILE, DatasetError

# Classes of ESC-10 (Piczak 2015) that sound like what the network must find.
LIKE_SICK = frozenset({"person_sneeze", "sneezing", "coughing"})


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
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        if rows and not {"file", "label"} <= rows[0].keys():
            raise DatasetError(f"{location.name}/{MANIFEST_FILE} lacks the column file or label")
        labelled = [(location / row["file"], row["label"]) for row in rows]
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
