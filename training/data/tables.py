"""CSV and JSON files of data sets, read with errors that say what is wrong and where."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from training.data.clip import DatasetError


class Row(NamedTuple):
    """A row and the line that it ends on. No value is None, and none has blanks around it."""

    line: int
    values: dict[str, str]


def read_header(path: Path) -> list[str]:
    """The names of a CSV file's columns; none if it cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [name.strip() for name in next(csv.reader(file), [])]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def read_rows(path: Path, required: Sequence[str]) -> list[Row]:
    """Read a CSV file in UTF-8.

    Raises:
        DatasetError: it cannot be read, lacks a required column, or a row is too long.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, skipinitialspace=True, strict=True)
            header = [name.strip() for name in next(reader, [])]
            absent = [name for name in required if name not in header]
            if absent:
                raise DatasetError(
                    f"{path.name} lacks the column {', '.join(absent)}; it has {', '.join(header)}"
                )
            rows = []
            for values in reader:
                if len(values) > len(header):
                    raise DatasetError(
                        f"{path.name}, line {reader.line_num}: {len(values)} values for "
                        f"{len(header)} columns"
                    )
                if values:
                    padded = [*map(str.strip, values), *[""] * (len(header) - len(values))]
                    rows.append(Row(reader.line_num, dict(zip(header, padded, strict=True))))
            return rows
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path.name} is not UTF-8") from error
    except csv.Error as error:
        raise DatasetError(f"{path.name} is not a CSV file: {error}") from error


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        DatasetError: it cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error
    except ValueError as error:  # not JSON, or not UTF-8
        raise DatasetError(f"{path.name} is not JSON: {error}") from error
