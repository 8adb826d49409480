"""Virufy's clinical set (Chaudhari et al. 2020): github.com/virufy/virufy-data.

The repository's root or `clinical` in it: `segmented/pos` and `segmented/neg` hold single coughs,
`pos-0421-084-cough-m-50-0.mp3`, and `labels.csv` the tests. The unsegmented recordings (`original`)
hold the same coughs and are not read.

Labels: the folder's, which is the PCR test's result: `pos` is sick, `neg` is not sick. Where
`labels.csv` has `cough_filename` and `corona_test` and says otherwise, the coughs are left out.

Sources and subjects: the patient, `0421-084` (day and number). 16 patients: far too few to measure
anything on. Devices are not known.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from training.data.clip import AUDIO_SUFFIXES, Clip, DatasetError, Listing
from training.data.tables import read_header, read_rows

LOOKS_LIKE = "the folders segmented/pos/ and segmented/neg/, perhaps in clinical/"
LABELS = {"pos": 1, "neg": 0}
TABLE = "labels.csv"
_TESTS = {"positive": 1, "pos": 1, "negative": 0, "neg": 0}
_COLUMNS = ("cough_filename", "corona_test")
_NAME = re.compile(r"(?P<recording>(?:pos|neg)-(?P<patient>\d+-\d+)-cough-[a-z]-\d+)[-_]\d+$")


def recognises(location: Path) -> bool:
    """Both folders of coughs stand there."""
    return all((_root(location) / "segmented" / label).is_dir() for label in LABELS)


def read(location: Path) -> Listing:
    """List the segmented coughs.

    Raises:
        DatasetError: a file's name does not tell the patient.
    """
    root = _root(location)
    tested = _tests(root / TABLE)
    clips, left_out = [], Counter[str]()
    for folder, label in LABELS.items():
        for path in sorted((root / "segmented" / folder).rglob("*")):
            if path.suffix.lower() not in AUDIO_SUFFIXES:
                continue
            name = _NAME.match(path.stem)
            if name is None:
                raise DatasetError(
                    f"{path.name} does not name its patient, as in pos-0421-084-cough-m-50-0.mp3"
                )
            if tested.get(name["recording"], label) != label:
                left_out[f"{TABLE} contradicts the folder"] += 1
                continue
            patient = name["patient"]
            clips.append(Clip(path, label, source=patient, subject=patient))
    return Listing(clips, left_out)


def _root(location: Path) -> Path:
    return location / "clinical" if (location / "clinical").is_dir() else location


def _tests(table: Path) -> dict[str, int]:
    """The label of each recording that the table knows by name and result."""
    if not set(_COLUMNS) <= set(read_header(table)):
        return {}
    return {
        Path(row["cough_filename"]).stem: _TESTS[row["corona_test"].lower()]
        for _, row in read_rows(table, _COLUMNS)
        if row["corona_test"].lower() in _TESTS
    }
