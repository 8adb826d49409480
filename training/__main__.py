"""`python -m training`: fit, crossvalidate, agreement."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import ScreeningError
from training.command_line import configuration_of, default_out, make_parser, quote

if TYPE_CHECKING:
    from training.evaluation import EvaluationRecord
    from training.preparation import Prepared

_DATA_OPTIONS = ["data", "weights", "noise"]


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 2 when what it was given cannot be used."""
    arguments = make_parser().parse_args(argv)
    commands = {"fit": _fit, "crossvalidate": _crossvalidate, "agreement": _agreement}
    try:
        commands[arguments.command](arguments)
    except ScreeningError as error:
        print(f"{error.title}: {error.detail}", file=sys.stderr)
        return 2
    return 0


def _fit(arguments: argparse.Namespace) -> None:
    from training.about import nothing_known, read_about
    from training.bundle import check_free
    from training.commands.fit import fit_bundle
    from training.evaluation import read_record

    # What can be refused at once is refused before hours of work.
    arguments.out = arguments.out or default_out(arguments.data)
    check_free(arguments.out, replace=arguments.replace)
    about = (
        read_about(arguments.about)
        if arguments.about
        else nothing_known(arguments.data, arguments.weights)
    )
    record = read_record(arguments.evaluation) if arguments.evaluation else None
    prepared = _prepare(arguments)
    if record is None:
        record = _evaluate(prepared, arguments)
    card = fit_bundle(
        prepared,
        record,
        about,
        arguments.out,
        quote("fit", arguments, [*_DATA_OPTIONS, "about", "out"]),
        logs=_logs(arguments, "all"),
        replace=arguments.replace,
    )
    print(f"wrote {card.reference}")


def _crossvalidate(arguments: argparse.Namespace) -> None:
    record = _evaluate(_prepare(arguments), arguments)
    print(record.evaluation.model_dump_json(indent=2))


def _agreement(arguments: argparse.Namespace) -> None:
    import numpy as np

    from training.commands.agreement import measure_agreement
    from training.dataset import read_dataset
    from training.front_end import YAMNET_FRONT_END, waveform_to_patches
    from training.recordings import read_waveforms

    clips = read_dataset(arguments.data)
    chosen = np.random.default_rng(0).permutation(len(clips))[: arguments.clips]
    waveforms = read_waveforms((clips[i].path for i in chosen), YAMNET_FRONT_END.sample_rate)
    patches = np.concatenate([waveform_to_patches(its, YAMNET_FRONT_END) for its in waveforms])
    print(json.dumps(measure_agreement(arguments.weights, patches), indent=2))


def _prepare(arguments: argparse.Namespace) -> Prepared:
    from training.preparation import prepare

    return prepare(
        arguments.data,
        arguments.weights,
        arguments.noise,
        configuration_of(arguments),
        source_column=arguments.source_column,
    )


def _evaluate(prepared: Prepared, arguments: argparse.Namespace) -> EvaluationRecord:
    from training.commands.crossvalidate import evaluate

    record = evaluate(
        prepared, quote("crossvalidate", arguments, _DATA_OPTIONS), logs=_logs(arguments, "folds")
    )
    if arguments.record:
        arguments.record.parent.mkdir(parents=True, exist_ok=True)
        arguments.record.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return record


def _logs(arguments: argparse.Namespace, part: str) -> Path | None:
    return arguments.logs / part if arguments.logs else None


if __name__ == "__main__":
    sys.exit(main())
