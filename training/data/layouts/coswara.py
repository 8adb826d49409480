"""Coswara (Sharma et al. 2020, Bhattacharya et al. 2023): github.com/iiscleap/Coswara-Data.

The repository's root, or `Extracted_data` in it: `combined_data.csv` with a row a participant, and
folders `YYYYMMDD/<participant>/` with `cough-heavy.wav`, `cough-shallow.wav` and other sounds.
Only the two coughs are read.

Labels: `covid_status` `positive_mild`, `positive_moderate` and `positive_asymp` are sick, `healthy`
is not sick. Sick means here: says that a COVID-19 test was positive. Other states (exposed,
recovered, another respiratory illness, under validation) are left out.

Quality: where `annotations/<sound>_labels.csv` stands, recordings that were graded 0, bad (1 is
good, 2 is excellent), are left out; those without a grade stay.

Sources and subjects: the participant. Device: `dT`, where the table has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.data.clip import Clip, Listing
from training.data.tables import read_header, read_rows

LOOKS_LIKE = "a combined_data.csv and folders YYYYMMDD/PARTICIPANT/"
TABLE = "combined_data.csv"
EXTRACTED = "Extracted_data"
SOUNDS = ("cough-heavy", "cough-shallow")
LABELS = {"positive_mild": 1, "positive_moderate": 1, "positive_asymp": 1, "healthy": 0}
_DATE = "[0-9]" * 8
_BAD = "0"


def recognises(location: Path) -> bool:
    """Its table stands in the folder, or over `Extracted_data`."""
    return "covid_status" in read_header(_root(location) / TABLE)


def read(location: Path) -> Listing:
    """List both coughs of every participant who has a folder and a usable state."""
    root = _root(location)
    participants = {row["id"]: row for _, row in read_rows(root / TABLE, ("id", "covid_status"))}
    bad = set(_badly_recorded(root))
    clips, left_out, seen = [], Counter[str](), set()
    for folder in sorted([*root.glob(f"{_DATE}/*"), *root.glob(f"{EXTRACTED}/{_DATE}/*")]):
        if not folder.is_dir():
            continue
        participant = participants.get(folder.name)
        if participant is None:
            left_out[f"not in {TABLE}"] += len(SOUNDS)
            continue
        seen.add(folder.name)
        status = participant["covid_status"]
        if status not in LABELS:
            left_out[f"covid_status {status or 'not given'}"] += len(SOUNDS)
            continue
        for sound in SOUNDS:
            if f"{folder.name}_{sound}" in bad:
                left_out["graded as badly recorded"] += 1
                continue
            clips.append(
                Clip(
                    folder / f"{sound}.wav",
                    LABELS[status],
                    source=folder.name,
                    subject=folder.name,
                    device=participant.get("dT", ""),
                )
            )
    absent = len(participants.keys() - seen)
    if absent:
        left_out["participant's folder is not here"] += absent * len(SOUNDS)
    return Listing(clips, left_out)


def _root(location: Path) -> Path:
    return location.parent if location.name == EXTRACTED else location


def _badly_recorded(root: Path) -> Iterator[str]:
    for sound in SOUNDS:
        grades = root / "annotations" / f"{sound}_labels.csv"
        if grades.is_file():
            for _, row in read_rows(grades, ("FILENAME", "QUALITY")):
                if row["QUALITY"] == _BAD:
                    yield row["FILENAME"]
