"""The command `card`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "render a bundle's CARD.md from its card.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `card` may be told."""
    parser.add_argument("bundles", type=Path, nargs="+", metavar="models/NAME/VERSION")
    parser.add_argument(
        "--about", type=Path, help="TOML: put its words into card.json first; see fit"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if CARD.md is not up to date"
    )


def run(arguments: argparse.Namespace) -> None:
    """Render, or check.

    Raises:
        SystemExit: with 1, when a checked card is not what it should be.
    """
    from training.bundles.about import read_about
    from training.bundles.renewal import is_rendered, renew_card

    if arguments.check:
        stale = [folder for folder in arguments.bundles if not is_rendered(folder)]
        for folder in stale:
            print(f"{folder}: CARD.md is not what card.json renders to", file=sys.stderr)
        if stale:
            raise SystemExit(1)
        return
    about = read_about(arguments.about) if arguments.about else None
    for folder in arguments.bundles:
        print(f"wrote the card of {renew_card(folder, about).reference}")
