"""The command line's arguments, and how a command is quoted in a card."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields, replace
from pathlib import Path

from training.configuration import Configuration

# Hyperparameters that the command line may change: all that are plain numbers.
_NUMBERS = [its for its in fields(Configuration) if its.type in ("int", "float")]


def make_parser() -> argparse.ArgumentParser:
    """The parser of `python -m training`."""
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description="Fine-tune a pretrained audio network on labelled recordings and write a "
        "model bundle. Research software, not a medical device.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    fit = commands.add_parser("fit", help="cross-validate, train on all data, write a bundle")
    _add_data(fit)
    fit.add_argument(
        "--out", type=Path, help="models/NAME/VERSION (default: the data's name, version 0.1.0)"
    )
    fit.add_argument(
        "--about", type=Path, help="TOML: the data's names and licences, the limits, for the card"
    )
    fit.add_argument(
        "--evaluation", type=Path, help="record of crossvalidate, rather than running it here"
    )
    fit.add_argument("--replace", action="store_true", help="a bundle in --out may be replaced")

    validate = commands.add_parser("crossvalidate", help="measure by nested cross-validation")
    _add_data(validate)

    agreement = commands.add_parser(
        "agreement", help="compare the rebuilt Keras YAMNet with its int8 file"
    )
    agreement.add_argument("--data", type=Path, required=True)
    agreement.add_argument("--weights", type=Path, required=True)
    agreement.add_argument("--clips", type=int, default=200)
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
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
        required=True,
        help="YAMNet's int8 .tflite, or a bundle's network.keras to go on training",
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
        "--record", type=Path, help="write the cross-validation's figures and clips here"
    )
    parser.add_argument("--logs", type=Path, help="folder for TensorBoard's logs")
    tuning = parser.add_argument_group("hyperparameters (see training/configuration.py)")
    defaults = Configuration()
    for number in _NUMBERS:
        default = getattr(defaults, number.name)
        tuning.add_argument(
            f"--{number.name.replace('_', '-')}",
            type=type(default),
            default=default,
            metavar=str(default),
        )


def default_out(data: Path) -> Path:
    """Where a bundle goes that nobody has named: `models/<the data's folder>/0.1.0`."""
    folder = data.resolve() if data.is_dir() else data.resolve().parent
    name = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-") or "model"
    return Path("models") / name / "0.1.0"


def configuration_of(arguments: argparse.Namespace) -> Configuration:
    """The configuration that the arguments ask for."""
    chosen = {number.name: getattr(arguments, number.name) for number in _NUMBERS}
    return replace(Configuration(), **chosen)


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
    for number in _NUMBERS:
        chosen = getattr(arguments, number.name)
        if chosen != getattr(defaults, number.name):
            words += [f"--{number.name.replace('_', '-')}", f"{chosen:g}"]
    return " ".join(words)


def _generic(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return f"DIR/{path.name}"
