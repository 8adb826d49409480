"""The command `data`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "read and check a data set in its published layout, and report on it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `data` may be told."""
    parser.add_argument("location", type=Path, metavar="DIR", help="or a CSV manifest")
    parser.add_argument(
        "--layout", default="auto", metavar="NAME", help="(default: by what stands in DIR)"
    )
    parser.add_argument("--source-column", default="source_id", help="of a manifest")
    parser.add_argument(
        "--out", type=Path, metavar="CSV", help="write the checked table here, to train on"
    )
    parser.add_argument("--report", type=Path, metavar="JSON", help="write the figures here")
    parser.add_argument(
        "--skip-unusable",
        action="store_true",
        help="leave out files that are missing or cannot be read, rather than refusing them all",
    )


def run(arguments: argparse.Namespace) -> None:
    """Read, check, print the report; then refuse what cannot be trained on, or write the table."""
    from training.data.dataset import load_dataset
    from training.data.output import write_table, write_text
    from training.data.report import make_report
    from training.data.report_text import render

    dataset = load_dataset(
        arguments.location, source_column=arguments.source_column, layout=arguments.layout
    )
    report = make_report(dataset)
    print(render(report, arguments.location.resolve().name))
    if arguments.report:
        write_text(arguments.report, report.model_dump_json(indent=2) + "\n")
    if not arguments.skip_unusable:
        dataset.check_usable()
    dataset.check_trainable()
    if arguments.out:
        write_table(dataset, arguments.out)
