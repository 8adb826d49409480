"""The command `crossvalidate`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from training.command_line import (
    DATA_OPTIONS,
    add_training_arguments,
    logs_of,
    prepared_of,
    quote,
)

if TYPE_CHECKING:
    from training.evaluation.record import EvaluationRecord
    from training.fitting.preparation import Prepared

HELP = "measure by nested cross-validation"
add_arguments = add_training_arguments


def run(arguments: argparse.Namespace) -> None:
    """Cross-validate and print the figures."""
    record = measure(prepared_of(arguments), arguments)
    print(record.evaluation.model_dump_json(indent=2))


def measure(prepared: Prepared, arguments: argparse.Namespace) -> EvaluationRecord:
    """Cross-validate, and write the record where `--record` says."""
    from training.fitting.measuring import evaluate

    record = evaluate(
        prepared, quote("crossvalidate", arguments, DATA_OPTIONS), logs=logs_of(arguments, "folds")
    )
    if arguments.record:
        arguments.record.parent.mkdir(parents=True, exist_ok=True)
        arguments.record.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return record
