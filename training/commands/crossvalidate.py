"""The command `crossvalidate`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from training.command_line import DATA_OPTIONS, add_training_arguments, begin, logs_of, quote

if TYPE_CHECKING:
    from training.evaluation.record import EvaluationRecord
    from training.fitting.crossvalidation import NetworkKeeper
    from training.fitting.preparation import Prepared
    from training.fitting.run_folder import RunFolder

HELP = "measure by nested cross-validation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `crossvalidate` may be told."""
    add_training_arguments(parser)
    parser.add_argument(
        "--keep-networks",
        type=Path,
        metavar="DIR",
        help="write the first seed's networks and calibrations to DIR/fold1 and so on: each has "
        "not seen the clips of its fold",
    )


def run(arguments: argparse.Namespace) -> None:
    """Cross-validate and print the figures."""
    from training.bundles.kept_folds import KeptFolds

    with begin("crossvalidate", arguments, quoted(arguments)) as (prepared, folder):
        keeper = (
            KeptFolds(
                arguments.keep_networks,
                folder.run.request.default_name,
                prepared.front_end,
            )
            if arguments.keep_networks
            else None
        )
        record = measure(prepared, folder, arguments, keeper)
    print(record.evaluation.model_dump_json(indent=2))


def quoted(arguments: argparse.Namespace) -> str:
    """The command that reproduces the figures, as a card quotes it."""
    return quote("crossvalidate", arguments, DATA_OPTIONS)


def measure(
    prepared: Prepared,
    folder: RunFolder,
    arguments: argparse.Namespace,
    keeper: NetworkKeeper | None = None,
) -> EvaluationRecord:
    """Cross-validate, and write the record where `--record` says, too."""
    from training.atomic_files import write_whole
    from training.fitting.measuring import evaluate

    record = evaluate(
        prepared,
        quoted(arguments),
        run=folder,
        keeper=keeper,
        logs=logs_of(arguments, "folds"),
    )
    if arguments.record:
        write_whole(arguments.record, record.model_dump_json(indent=2) + "\n")
    return record
