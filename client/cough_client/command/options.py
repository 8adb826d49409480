"""Options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cough_client.configuration import DEFAULT_SERVER, SERVER_VARIABLE

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
