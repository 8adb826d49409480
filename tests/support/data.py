"""Where the labelled recordings are. They are not part of the product: tests go without."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from shared.settings import REPOSITORY


def labelled_recordings() -> Path:
    """The folder with `sick_sounds/` and its kin, or the test is skipped."""
    default = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("COUGH_DATA", default))
    if not (folder / "sick_sounds" / "manifest.csv").is_file():
        pytest.skip("needs the labelled recordings: set COUGH_DATA to their folder")
    return folder


def clips(label: str, count: int) -> list[Path]:
    """`count` clips of a label (`sick`, `not_sick`), of as many sources, evenly over the set."""
    folder = labelled_recordings() / "sick_sounds"
    with (folder / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == label]
    by_source = {row["source_id"]: folder / row["file"] for row in rows}
    paths = sorted(by_source.values())
    return paths[:: len(paths) // count][:count]
