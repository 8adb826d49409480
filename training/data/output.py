"""A checked data set as a file: a manifest that can be trained on, all of it or nothing."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path

from training.data.clip import DatasetError
from training.data.dataset import Dataset
from training.data.layouts.manifest import SOURCE_COLUMN, table_of

_LABELS = {1: "sick", 0: "not_sick"}


def write_table(dataset: Dataset, path: Path) -> None:
    """Write the clips in our own layout, `training.data.layouts.manifest`.

    Paths are relative to the table's folder. Sources are the merged ones: whoever reads the table
    splits as safely as whoever read the data set.

    Raises:
        DatasetError: it would replace the data set's own table, or cannot be written.
    """
    if path.resolve() in (dataset.location.resolve(), table_of(dataset.location).resolve()):
        raise DatasetError(f"{path.name} is the data set's own table: give another name")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "label", SOURCE_COLUMN, "subject", "device", "split", "duration_s"))
    folder = path.parent.resolve()
    for clip, sound in zip(dataset.clips, dataset.sounds, strict=True):
        file = Path(os.path.relpath(clip.path.resolve(), folder)).as_posix()
        duration = f"{sound.duration_s:.3f}"
        writer.writerow(
            (
                file,
                _LABELS[clip.label],
                clip.source,
                clip.subject,
                clip.device,
                clip.split,
                duration,
            )
        )
    write_text(path, text.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write a file beside its place and move it there when it is complete.

    Raises:
        DatasetError: it cannot be written; nothing is left behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
            beside = Path(folder) / path.name
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be written: {error.strerror}") from error
