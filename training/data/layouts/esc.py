"""ESC-50 and ESC-10 (Piczak 2015): environmental sounds of five seconds.

The repository's root, github.com/karolpiczak/ESC-50, with `meta/esc50.csv` and `audio/`; or a copy
with a `manifest.csv` of file, label (the class), fold and source_id.

Labels: `coughing`, `sneezing` and `person_sneeze` are sick, as the same sounds are in Sick Sounds;
all other classes are not sick. Nobody's health was examined.

Sources: the Freesound recording that a clip was cut from. Split: the published fold, 1 to 5, which
keeps those together too. Subjects and devices are not known.
"""

from __future__ import annotations

from pathlib import Path

from training.data.clip import Clip, Listing
from training.data.layouts.manifest import table_of
from training.data.tables import read_header, read_rows

LOOKS_LIKE = "a meta/esc50.csv and audio/, or a manifest.csv with the columns label and fold"
LIKE_SICK = frozenset({"person_sneeze", "sneezing", "coughing"})
_PUBLISHED = Path("meta", "esc50.csv")


def recognises(location: Path) -> bool:
    """Its table stands there, as published or as a manifest."""
    if "src_file" in read_header(location / _PUBLISHED):
        return True
    return {"file", "label", "fold", "source_id"} <= set(read_header(table_of(location)))


def read(location: Path) -> Listing:
    """List the recordings."""
    if (location / _PUBLISHED).is_file():
        table, folder = location / _PUBLISHED, location / "audio"
        file, label, source = "filename", "category", "src_file"
    else:
        table = table_of(location)
        folder, file, label, source = table.parent, "file", "label", "source_id"
    clips = [
        Clip(
            folder / row[file],
            int(row[label].lower() in LIKE_SICK),
            source=row[source],
            split=row["fold"],
        )
        for _, row in read_rows(table, (file, label, source, "fold"))
    ]
    return Listing(clips)
