"""The command `fit`."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.command_line import (
    DATA_OPTIONS,
    add_training_arguments,
    begin,
    default_out,
    logs_of,
    quote,
)

HELP = "cross-validate, train on all data, write a bundle"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `fit` may be told."""
    add_training_arguments(parser)
    parser.add_argument(
        "--out", type=Path, help="models/NAME/VERSION (default: the data's name, version 0.1.0)"
    )
    parser.add_argument(
        "--about", type=Path, help="TOML: the data's names and licences, the limits, for the card"
    )
    parser.add_argument(
        "--evaluation", type=Path, help="record of crossvalidate, rather than running it here"
    )
    parser.add_argument(
        "--devices", type=Path, help="of devices --json: its figures go into the card"
    )
    parser.add_argument(
        "--report",
        type=Path,
        help="of evaluate --json: its probes and what its label noise leaves go into the card",
    )
    parser.add_argument(
        "--listener",
        type=Path,
        help="of listener --json, for --backbone bundle: when to warn that no cough is heard",
    )
    parser.add_argument("--replace", action="store_true", help="a bundle in --out may be replaced")


def run(arguments: argparse.Namespace) -> None:
    """Cross-validate unless a record is given, fit on everything, write the bundle."""
    from training.bundles.about import nothing_known, read_about
    from training.bundles.doubts import check_listener, choose_doubts
    from training.bundles.shipping import THRESHOLD, fit_bundle
    from training.bundles.writing import check_free
    from training.commands.crossvalidate import measure
    from training.data.clip import DatasetError
    from training.evaluation.assessment import read_assessment
    from training.evaluation.device_study import read_device_study
    from training.evaluation.listener import read_listener
    from training.evaluation.record import read_record
    from training.fitting.on_bundle import BUNDLE, card_beside

    # What can be refused at once is refused before hours of work.
    arguments.out = arguments.out or default_out(arguments.data)
    check_free(arguments.out, replace=arguments.replace)
    about = (
        read_about(arguments.about)
        if arguments.about
        else nothing_known(arguments.data, arguments.weights)
    )
    record = read_record(arguments.evaluation) if arguments.evaluation else None
    devices = read_device_study(arguments.devices) if arguments.devices else None
    report = read_assessment(arguments.report) if arguments.report else None
    listener = read_listener(arguments.listener) if arguments.listener else None
    on_bundle = arguments.backbone == BUNDLE
    if listener and not on_bundle:
        raise DatasetError("--listener is for --backbone bundle: P(sick) itself serves the others")
    if listener:
        check_listener(listener, card_beside(arguments.weights))
    files = ["devices", "report", "listener", "about", "out"]
    command = quote("fit", arguments, [*DATA_OPTIONS, *files])
    with begin("fit", arguments, command) as (prepared, folder):
        if record is None:
            record = measure(prepared, folder, arguments)
        if devices:
            devices.check_belongs(
                prepared.data_sha256, prepared.weights_sha256, prepared.configuration.as_json()
            )
            record = record.model_copy(update={"evaluation": devices.put_into(record.evaluation)})
        if report:
            record = record.model_copy(update={"evaluation": report.put_into(record.evaluation)})
        card = fit_bundle(
            prepared,
            record,
            about,
            arguments.out,
            command,
            doubts=choose_doubts(record, THRESHOLD, hears_events=not on_bundle, listener=listener),
            logs=logs_of(arguments, "all"),
            run=folder,
            replace=arguments.replace,
        )
    print(f"wrote {card.reference}")
