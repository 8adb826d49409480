"""The command `retrain`: the command line of TensorFlow's retrain.py."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from training.retraining.settings import HEAD_LEARNING_RATE, WHOLE_LEARNING_RATE, Settings

HELP = "put a new last layer on a pretrained network, by cached bottlenecks, as retrain.py did"
_DEFAULTS = Settings(image_dir=Path())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `retrain` may be told: all of retrain.py's that the proof of concept used, and ours."""
    parser.add_argument(
        "--image_dir",
        type=Path,
        required=True,
        help="folder with sick/ and 'not sick/': pictures that `spectrograms` made, or recordings",
    )
    _add(parser, "--architecture", help="the pretrained network; see docs/training.md")
    _add(parser, "--how_many_training_steps", type=_positive, help="gradient steps")
    parser.add_argument(
        "--learning_rate",
        type=_positive_number,
        help=f"of gradient descent (default: {HEAD_LEARNING_RATE}; {WHOLE_LEARNING_RATE} of Adam "
        "where a whole network is trained)",
    )
    _add(parser, "--train_batch_size", type=_positive, help="clips a step")
    _add(parser, "--testing_percentage", type=_percentage, help="of the clips, by source")
    _add(parser, "--validation_percentage", type=_percentage, help="of the clips, by source")
    _add(parser, "--eval_step_interval", type=_positive, help="steps between evaluations")
    _add(parser, "--bottleneck_dir", type=Path, help="where bottlenecks are kept")
    _add(parser, "--model_dir", type=Path, help="where downloaded weights are kept")
    _add(parser, "--summaries_dir", type=Path, help="where TensorBoard's logs go")
    _add(
        parser,
        "--output_graph",
        type=Path,
        help="the retrained network; TensorFlow 2 has no frozen graph: of NAME.pb, NAME/ becomes a "
        "SavedModel and NAME.tflite a LiteRT file",
    )
    _add(parser, "--output_labels", type=Path, help="the labels, one a line")
    ours = parser.add_argument_group("not in retrain.py")
    _add(ours, "--weights", type=Path, help="file or folder of the pretrained network's weights")
    _add(ours, "--cut", help="layer of the pretrained network to end with, such as mixed5")
    _add(ours, "--features", choices=["logmel", "mfcc", "waveform"], help="to make of recordings")
    _add(ours, "--seed", type=int, help="of the split, the start weights and the batches")
    _add(ours, "--bundle", type=Path, metavar="models/NAME/VERSION", help="write a served bundle")
    _add(ours, "--about", type=Path, help="TOML: what the bundle's card says of the data")
    ours.add_argument("--replace", action="store_true", help="the bundle may be replaced")


def run(arguments: argparse.Namespace) -> None:
    """Retrain and print the test."""
    from training.retraining.run import retrain

    names = [its.name for its in fields(Settings)]
    settings = Settings(**{name: getattr(arguments, name) for name in names})
    retrain(settings, quote(settings))


def quote(settings: Settings) -> str:
    """The command as a card quotes it: what is not default, and no path of this machine."""
    words = ["python -m training retrain"]
    for its in fields(Settings):
        value = getattr(settings, its.name)
        if value == getattr(_DEFAULTS, its.name) or its.name == "replace":
            continue
        words.append(f"--{its.name}={value.name if isinstance(value, Path) else value}")
    return " ".join(words)


def _add(parser: argparse._ActionsContainer, option: str, **options: object) -> None:
    default = getattr(_DEFAULTS, option.removeprefix("--"))
    text = options.pop("help")
    shown = f"{text} (default: %(default)s)" if default is not None else text
    parser.add_argument(option, default=default, help=shown, **options)  # type: ignore[arg-type]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 1")
    return value


def _positive_number(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def _percentage(text: str) -> float:
    value = float(text)
    if not 0 <= value < 100:
        raise argparse.ArgumentTypeError(f"{text} is not a percentage")
    return value
