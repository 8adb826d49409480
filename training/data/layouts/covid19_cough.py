"""covid19-cough, the Russian set (CC0): github.com/covid19-cough/dataset.

The repository's root, with `metadata.json` (a list of objects with filename, covid19, source,
verified, asymptomatic, kind, comment) and the mp3 files in `raw/`; or a cleaned copy with a
`manifest.csv` (file, covid19, source, and others that are not read).

Labels: `covid19` is sick. That means a positive smear, by the laboratory's word (`verified`) or by
the person's own; the others were called at random or volunteered, and were not tested.

Sources: nobody knows who coughs, so each recording is a source of its own. Device: `source`, the
call centre (8 kHz stereo) or the Telegram bot (48 kHz mono). It tells much of the label by itself:
read the data report's warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.data.clip import Clip, DatasetError, Listing
from training.data.layouts.manifest import table_of
from training.data.tables import read_header, read_json, read_rows

LOOKS_LIKE = "a metadata.json and raw/, or a manifest.csv with the column covid19"
METADATA, RAW = "metadata.json", "raw"
_LABELS = {"1": 1, "true": 1, "0": 0, "false": 0}
_COLUMNS = ("file", "covid19", "source")


def recognises(location: Path) -> bool:
    """Its metadata and recordings, or a table with its columns, stand there."""
    published = (location / METADATA).is_file() and (location / RAW).is_dir()
    return published or "covid19" in read_header(table_of(location))


def read(location: Path) -> Listing:
    """List the recordings.

    Raises:
        DatasetError: an entry has no file or a label that is not known.
    """
    entries = _published if (location / METADATA).is_file() else _cleaned
    clips = []
    for where, path, covid19, channel in entries(location):
        label = _LABELS.get(covid19.strip().lower())
        if label is None:
            raise DatasetError(f"{where}: covid19 {covid19!r} is not one of {', '.join(_LABELS)}")
        clips.append(Clip(path, label, source=path.stem, device=channel))
    return Listing(clips)


def _published(location: Path) -> Iterator[tuple[str, Path, str, str]]:
    entries: Any = read_json(location / METADATA)
    if not isinstance(entries, list):
        raise DatasetError(f"{METADATA} is not a list")
    for number, entry in enumerate(entries, start=1):
        if not (isinstance(entry, dict) and isinstance(entry.get("filename"), str)):
            raise DatasetError(f"{METADATA}, entry {number}: no filename")
        path = location / RAW / Path(entry["filename"]).name
        yield (
            f"{METADATA}, entry {number}",
            path,
            str(entry.get("covid19")),
            str(entry.get("source") or ""),
        )


def _cleaned(location: Path) -> Iterator[tuple[str, Path, str, str]]:
    table = table_of(location)
    for line, row in read_rows(table, _COLUMNS):
        yield (
            f"{table.name}, line {line}",
            table.parent / row["file"],
            row["covid19"],
            row["source"],
        )
