"""The command `devices`."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.command_line import DATA_OPTIONS, add_fitting_arguments, begin, quote

HELP = "measure how much of the figure is the recording device"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `devices` may be told."""
    add_fitting_arguments(parser)
    parser.add_argument("--json", type=Path, help="write the figures here, for fit --devices")


def run(arguments: argparse.Namespace) -> None:
    """Measure within and across devices, and print the table."""
    from training.atomic_files import write_whole
    from training.fitting.by_device import study_devices

    command = quote("devices", arguments, DATA_OPTIONS)
    with begin("devices", arguments, command) as (prepared, folder):
        study = study_devices(prepared, command, folder)
        folder.run.figures = study.figures
    if arguments.json:
        write_whole(arguments.json, study.model_dump_json(indent=2) + "\n")
    for name, count in study.devices.items():
        print(f"{name}: {count.clips} clips, {count.sick} sick")
    for name, its in (study.figures | study.baselines).items():
        print(f"{name:<45} {its.value:.3f} ({its.low:.3f} to {its.high:.3f})")
