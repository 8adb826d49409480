"""COUGHVID (Orlandic, Teijeiro and Atienza 2021), as on Zenodo, versions 1 to 3.

One folder: `<uuid>.webm` or `<uuid>.ogg`, and what is known of each in `metadata_compiled.csv` or,
without that, in `<uuid>.json`. Where a recording was converted and stands twice, the original is
read.

Labels: `status` `COVID-19` and `symptomatic` are sick, `healthy` is not sick; what people said of
themselves, no diagnosis. Without a status a recording is left out. The experts' labels and
`status_SSL` (a network's guess) are not used.

Quality: `cough_detected`, the authors' classifier's probability that there is a cough at all, must
be at least 0.8, as they advise; the others are left out.

Sources: each recording; who gave several is not known. Device: the container, webm or ogg, which
tells the browser's kind.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from training.data.clip import AUDIO_SUFFIXES, Clip, DatasetError, Listing
from training.data.tables import read_header, read_json, read_rows

LOOKS_LIKE = "a metadata_compiled.csv, or UUID.json beside UUID.webm or UUID.ogg"
TABLE = "metadata_compiled.csv"
LABELS = {"covid-19": 1, "symptomatic": 1, "healthy": 0}
LEAST_COUGH_DETECTED = 0.8
_ORIGINALS = (".webm", ".ogg")


def recognises(location: Path) -> bool:
    """Its table, or a JSON file that has its names, stands in the folder."""
    if not location.is_dir():
        return False
    if {"uuid", "cough_detected"} <= set(read_header(location / TABLE)):
        return True
    first = min(location.glob("*.json"), default=None)
    if first is None:
        return False
    try:
        content = read_json(first)
    except DatasetError:
        return False
    return isinstance(content, dict) and "cough_detected" in content


def read(location: Path) -> Listing:
    """List the recordings that have a status and surely a cough."""
    files = _files(location)
    clips, left_out = [], Counter[str]()
    for uuid, known in _metadata(location):
        status = str(known.get("status") or "").lower()
        if not _cough_detected(uuid, known) >= LEAST_COUGH_DETECTED:
            left_out[f"cough_detected below {LEAST_COUGH_DETECTED}"] += 1
        elif not status:
            left_out["status not given"] += 1
        elif status not in LABELS:
            raise DatasetError(f"{uuid}: status {status!r} is not one of {', '.join(LABELS)}")
        else:
            path = files.get(uuid, location / f"{uuid}{_ORIGINALS[0]}")
            clips.append(Clip(path, LABELS[status], source=uuid, device=path.suffix[1:].lower()))
    return Listing(clips, left_out)


def _metadata(location: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if (location / TABLE).is_file():
        for _, row in read_rows(location / TABLE, ("uuid", "cough_detected", "status")):
            yield row["uuid"], row
        return
    for path in sorted(location.glob("*.json")):
        content = read_json(path)
        if not isinstance(content, dict):
            raise DatasetError(f"{path.name} is not an object")
        yield path.stem, content


def _cough_detected(uuid: str, known: Mapping[str, Any]) -> float:
    try:
        return float(known.get("cough_detected") or math.nan)
    except (TypeError, ValueError) as error:
        raise DatasetError(
            f"{uuid}: cough_detected {known['cough_detected']!r} is no number"
        ) from error


def _files(location: Path) -> dict[str, Path]:
    """Each recording by its uuid: the original, or else the first that stands for it."""
    paths = [path for path in location.glob("*") if path.suffix.lower() in AUDIO_SUFFIXES]
    paths.sort(key=lambda path: (path.suffix.lower() not in _ORIGINALS, path.name), reverse=True)
    return {path.stem: path for path in paths}
