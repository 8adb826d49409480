"""`python -m training COMMAND`: each command is a module of `training.commands`."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from shared.errors import ScreeningError
from training.commands import COMMANDS


def make_parser() -> argparse.ArgumentParser:
    """The parser of `python -m training`; each command's module adds its own arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description="Train, measure and export networks on labelled recordings. Research software, "
        "not a medical device.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        command = import_module(f"training.commands.{name}")
        its = commands.add_parser(name, help=command.HELP, description=command.HELP)
        command.add_arguments(its)
        its.set_defaults(run=command.run)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 2 when what it was given cannot be used."""
    if not sys.stderr.isatty():  # progress bars are for terminals
        os.environ.setdefault("TQDM_DISABLE", "1")
    arguments = make_parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except ScreeningError as error:
        print(f"{error.title}: {error.detail}", file=sys.stderr)
        return 2
    except OSError as error:  # a disk that is full while a library writes, say
        print(f"The system refused: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
