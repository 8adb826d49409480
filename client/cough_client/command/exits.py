"""The exit statuses of `cough`, and the way from errors to them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from cough_client.command.text import printable
from cough_client.errors import CoughError

DONE: Final = 0
ERROR: Final = 1  # the command itself failed: no service, no such job, a key refused
USAGE: Final = 2  # typer's own
SOME_FAILED: Final = 3  # of several recordings, some were diagnosed
ALL_FAILED: Final = 4  # no recording was diagnosed; the watched job ended without a diagnosis
INTERRUPTED: Final = 130  # Ctrl-C


@contextmanager
def telling() -> Iterator[None]:
    """Errors become a line on stderr and an exit status."""
    try:
        yield
    except CoughError as error:
        print(f"cough: {printable(str(error))}", file=sys.stderr)
        raise typer.Exit(ERROR) from error
    except KeyboardInterrupt as error:
        print("cough: interrupted", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from error


def exit_status(diagnosed: int, failed: int) -> int:
    """Of a command that diagnosed so many recordings, and failed to with so many others."""
    if not failed:
        return DONE
    return SOME_FAILED if diagnosed else ALL_FAILED
