"""What came of a recording, and its three ways onto standard output."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Protocol, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cough_client.answers import DISCLAIMER, Diagnosis, JobFailure
from cough_client.command.text import printable

COLUMNS: Final = (
    "file",
    "diagnosis",
    "score",
    "p_sick",
    "warnings",
    "duration_s",
    "model",
    "job_id",
    "error_code",
    "error_detail",
    "disclaimer",
)


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Row:
    """A file's diagnosis, or why there is none."""

    file: str
    model: str
    outcome: Diagnosis | JobFailure

    @property
    def disclaimer(self) -> str:
        """The diagnosis's own; without one, everybody's."""
        return self.outcome.disclaimer if isinstance(self.outcome, Diagnosis) else DISCLAIMER


class Output(Protocol):
    """Takes rows as they come; `close` writes what it kept back."""

    def write(self, row: Row) -> None: ...

    def close(self) -> None: ...


class CsvOutput:
    """A header, and a line a row, at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
        self._writer.writeheader()
        stream.flush()

    def write(self, row: Row) -> None:
        cells: dict[str, Any] = {
            "file": row.file,
            "model": row.model,
            "disclaimer": row.disclaimer,
        }
        outcome = row.outcome
        if isinstance(outcome, Diagnosis):
            cells |= {
                "diagnosis": outcome.diagnosis,
                "score": outcome.score,
                "p_sick": outcome.probabilities.get("sick", ""),
                "warnings": " ".join(outcome.warnings),
                "duration_s": outcome.audio.duration_s,
                "job_id": outcome.job_id or "",
            }
        else:
            cells |= {"error_code": outcome.code, "error_detail": outcome.detail}
        self._writer.writerow(cells)
        self._stream.flush()

    def close(self) -> None:
        """Nothing was kept back."""


class JsonOutput:
    """JSON Lines: an object a row, at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, row: Row) -> None:
        made = isinstance(row.outcome, Diagnosis)
        line = {
            "file": row.file,
            "model": row.model,
            "result": asdict(row.outcome) if made else None,
            "error": None if made else asdict(row.outcome),
            "disclaimer": row.disclaimer,
        }
        print(json.dumps(line), file=self._stream, flush=True)

    def close(self) -> None:
        """Nothing was kept back."""


class TableOutput:
    """A table for people, with every disclaimer under it, when all rows are there."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False)
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        self._rows.append(row)

    def close(self) -> None:
        if not self._rows:
            return
        table = Table()
        for name in ("File", "Diagnosis", "Score", "Remarks"):
            table.add_column(name, overflow="fold")
        for row in sorted(self._rows, key=lambda row: row.file):
            outcome = row.outcome
            if isinstance(outcome, Diagnosis):
                remarks = ", ".join(outcome.warnings)
                cells = [row.file, outcome.diagnosis, f"{outcome.score:.2f}", remarks]
            else:
                cells = [row.file, "none", "", f"{outcome.code}: {outcome.detail}"]
            table.add_row(*(Text(printable(cell)) for cell in cells))
        self._console.print(table)
        for disclaimer in dict.fromkeys(row.disclaimer for row in self._rows):
            self._console.print(Text(printable(disclaimer)))


_OUTPUTS: Final[dict[Format, Callable[[TextIO], Output]]] = {
    Format.TABLE: TableOutput,
    Format.JSON: JsonOutput,
    Format.CSV: CsvOutput,
}


def output(kind: Format, stream: TextIO) -> Output:
    """A new output of that kind."""
    return _OUTPUTS[kind](stream)
