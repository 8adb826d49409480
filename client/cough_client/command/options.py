"""Options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import typer

from cough_client.configuration import DEFAULT_SERVER, SERVER_VARIABLE
from cough_client.retrying import RetryPolicy

# Somebody waits at a terminal: under 4 seconds of pauses, unless the service asks for more.
BRIEF: Final = RetryPolicy(attempts=4)
# A folder has time, and a busy service refuses more often than one caller would.
PATIENT: Final = RetryPolicy(attempts=12)

ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar=SERVER_VARIABLE,
        help=f"The service's address; without it, {DEFAULT_SERVER}",
        show_default=False,
    ),
]

JobArgument = Annotated[str, typer.Argument(metavar="ID", show_default=False, help="The job's id")]


class JobFormat(StrEnum):
    """How jobs are written."""

    TABLE = "table"
    JSON = "json"


JobFormatOption = Annotated[
    JobFormat, typer.Option("--format", help="table: for people; json: an object a line")
]
