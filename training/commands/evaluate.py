"""The command `evaluate`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "report on a cross-validation: one HTML file, and its figures as JSON"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `evaluate` may be told."""
    parser.add_argument(
        "--record", type=Path, required=True, help="of crossvalidate --record: what is reported on"
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="that the record is of: a manifest or a folder"
    )
    parser.add_argument("--source-column", default="source_id", help="of a manifest")
    parser.add_argument(
        "--noise",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="that the record was made with; its recordings serve the noise probes too",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="HTML", help="the report")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument(
        "--weights", type=Path, help="YAMNet's int8 .tflite, as baseline and second listener"
    )
    parser.add_argument(
        "--about", type=Path, help="TOML with the data's caveat and disclaimer, as fit takes it"
    )
    networks = parser.add_mutually_exclusive_group()
    networks.add_argument(
        "--networks",
        type=Path,
        metavar="DIR",
        help="of crossvalidate --keep-networks: put the probes to networks that have not seen "
        "the clips",
    )
    networks.add_argument(
        "--bundle",
        type=Path,
        metavar="models/NAME/VERSION",
        help="put the probes to this network, which has seen the clips",
    )
    parser.add_argument("--clips", type=int, metavar="N", help="probe only N clips (default: all)")


def run(arguments: argparse.Namespace) -> None:
    """Measure, and write the report and its figures."""
    from training.atomic_files import write_whole
    from training.evaluation.comparison import NETWORK, by_name
    from training.evaluation.reporting import ReportInputs, make_report

    assessment, page = make_report(
        ReportInputs(
            record=arguments.record,
            data=arguments.data,
            source_column=arguments.source_column,
            noise=arguments.noise,
            weights=arguments.weights,
            about=arguments.about,
            networks=arguments.networks,
            bundle=arguments.bundle,
            probed_clips=arguments.clips,
        )
    )
    write_whole(arguments.out, page)
    if arguments.json:
        write_whole(arguments.json, assessment.model_dump_json(indent=2) + "\n")
    for name, figure in by_name(assessment.table, NETWORK).figures.items():
        print(f"{name}: {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})")
    print(f"wrote {arguments.out}")
