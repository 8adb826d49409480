"""Our own table: a CSV file with a row a recording.

It has the columns `file` (relative to the table's folder), `label` (`sick`, `not_sick`, `not sick`)
and `source_id`, or another that names the sources. `subject`, `device`, `split`, `duration_s` and
`peak` may be there; the last two are for people and are not read.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from training.data.clip import Clip, DatasetError, Listing
from training.data.tables import read_header, read_rows

NAME = "manifest"
LOOKS_LIKE = "a manifest.csv with the columns file, label and source_id"
MANIFEST_FILE = "manifest.csv"
SOURCE_COLUMN = "source_id"
COLUMNS = ("file", "label", SOURCE_COLUMN, "subject", "device", "split", "duration_s", "peak")
LABELS = {"sick": 1, "not_sick": 0, "not sick": 0}


def table_of(location: Path) -> Path:
    """The table that `location` is, or that stands in it."""
    return location / MANIFEST_FILE if location.is_dir() else location


def recognises(location: Path) -> bool:
    """Any CSV file that is given by itself, and any folder with a `manifest.csv`."""
    return location.suffix.lower() == ".csv" or (location / MANIFEST_FILE).is_file()


def read(location: Path, source_column: str = SOURCE_COLUMN) -> Listing:
    """Read the table.

    Args:
        location: the table, or its folder.
        source_column: the column that names each recording's source.

    Raises:
        DatasetError: a column or a label is not known, a source is not given, or a file is listed
            twice.
    """
    table = table_of(location)
    known = dict.fromkeys(("file", "label", source_column, *COLUMNS))
    rows = read_rows(table, ("file", "label", source_column))
    unknown = [name for name in read_header(table) if name not in known]
    if unknown:
        raise DatasetError(
            f"{table.name} has unknown columns: {', '.join(unknown)}; known are {', '.join(known)}"
        )
    clips = []
    for line, row in rows:
        label = LABELS.get(row["label"].lower())
        if label is None:
            raise DatasetError(
                f"{table.name}, line {line}: label {row['label']!r} is not one of "
                + ", ".join(LABELS)
            )
        for column in ("file", source_column):
            if not row[column]:
                raise DatasetError(f"{table.name}, line {line}: no {column}")
        clips.append(
            Clip(
                table.parent / row["file"],
                label,
                row[source_column],
                subject=row.get("subject", ""),
                device=row.get("device", ""),
                split=row.get("split", ""),
            )
        )
    twice = [path for path, count in Counter(clip.path for clip in clips).items() if count > 1]
    if twice:
        raise DatasetError(f"{table.name} lists a file twice: {twice[0].name}")
    return Listing(clips)
