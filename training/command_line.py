"""Arguments that several commands share, and how a command is quoted in a card."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from training.fitting.configuration import Configuration

if TYPE_CHECKING:
    from training.fitting.preparation import Prepared
    from training.fitting.run_folder import RunFolder

DATA_OPTIONS = ["data", "weights", "noise"]
# Hyperparameters that the command line may change: all that are plain numbers or words.
_PLAIN = [its for its in fields(Configuration) if its.type in ("int", "float", "str")]


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """What `fit` and `crossvalidate` may be told."""
    add_fitting_arguments(parser)
    parser.add_argument(
        "--record", type=Path, help="write the cross-validation's figures and clips here"
    )
    parser.add_argument("--logs", type=Path, help="folder for TensorBoard's logs")


def add_fitting_arguments(parser: argparse.ArgumentParser) -> None:
    """What every command that fits may be told: data, start weights, hyperparameters."""
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="CSV manifest (file, label, source), or a folder with sick/ and not_sick/",
    )
    parser.add_argument("--source-column", default="source_id", help="of the manifest")
    parser.add_argument(
        "--weights",
        type=Path,
        help="the backbone's: YAMNet's int8 .tflite; or a bundle's network.keras, to go on "
        "training or, with --backbone bundle, to put new heads on",
    )
    parser.add_argument(
        "--noise",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="backgrounds for augmentation, such as ESC-10; may be repeated",
    )
    parser.add_argument(
        "--run",
        dest="run_folder",
        type=Path,
        metavar="DIR",
        help="the run's folder; the same command goes on there where it was interrupted "
        "(default: runs/COMMAND-HASH, the hash of data, weights and settings)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="features are kept here from run to run (default: cough-screening/features in "
        "$XDG_CACHE_HOME or ~/.cache)",
    )
    tuning = parser.add_argument_group("hyperparameters (see training/fitting/configuration.py)")
    defaults = Configuration()
    for its in _PLAIN:
        default = getattr(defaults, its.name)
        tuning.add_argument(
            f"--{its.name.replace('_', '-')}",
            type=type(default),
            default=default,
            metavar=str(default) or "LAYER",
        )


def default_out(data: Path) -> Path:
    """Where a bundle goes that nobody has named: `models/<the data's folder>/0.1.0`."""
    folder = data.resolve() if data.is_dir() else data.resolve().parent
    name = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-") or "model"
    return Path("models") / name / "0.1.0"


def configuration_of(arguments: argparse.Namespace) -> Configuration:
    """The configuration that the arguments ask for."""
    chosen = {its.name: getattr(arguments, its.name) for its in _PLAIN}
    return replace(Configuration(), **chosen)


@contextmanager
def begin(
    command: str, arguments: argparse.Namespace, quoted: str
) -> Iterator[tuple[Prepared, RunFolder]]:
    """Open the run that the arguments ask for, and make its data ready to fit.

    Args:
        command: the subcommand.
        arguments: of `add_training_arguments`.
        quoted: of `quote`.
    """
    from training.fitting.preparation import prepare, read_inputs
    from training.fitting.run_folder import open_run

    inputs = read_inputs(
        arguments.data,
        arguments.weights,
        arguments.noise,
        configuration_of(arguments),
        source_column=arguments.source_column,
    )
    request = inputs.request(command)
    folder = arguments.run_folder or Path("runs") / request.default_name
    with open_run(folder, request, quoted=quoted, seed=inputs.configuration.seed) as run:
        print(f"run folder: {folder}", flush=True)
        yield prepare(inputs, cache=arguments.cache), run


def logs_of(arguments: argparse.Namespace, part: str) -> Path | None:
    """The folder of one part's TensorBoard logs, if any were asked for."""
    return arguments.logs / part if arguments.logs else None


def quote(command: str, arguments: argparse.Namespace, options: list[str]) -> str:
    """The command as a card quotes it: no path of the machine that ran it.

    Args:
        command: the subcommand.
        arguments: as parsed.
        options: names of the path options to quote. Paths under the current folder are kept,
            others become `DIR/<name>`. Hyperparameters are quoted where they are not default.
    """
    words = ["python -m training", command]
    for option in options:
        value = getattr(arguments, option)
        for path in value if isinstance(value, list) else [value]:
            if path is not None:
                words += [f"--{option.replace('_', '-')}", _generic(path)]
    defaults = Configuration()
    for its in _PLAIN:
        chosen = getattr(arguments, its.name)
        if chosen != getattr(defaults, its.name):
            text = chosen if isinstance(chosen, str) else f"{chosen:g}"
            words += [f"--{its.name.replace('_', '-')}", text]
    return " ".join(words)


def _generic(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return f"DIR/{path.name}"
