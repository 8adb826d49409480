"""The command `spectrograms`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "turn folders of recordings into folders of log-mel pictures, by the worker's front end"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `spectrograms` may be told."""
    parser.add_argument(
        "audio",
        type=Path,
        metavar="AUDIO_DIR",
        help="a folder with sick/ and not_sick/ (or 'not sick/'), or with a manifest.csv",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder to write: sick/ and 'not sick/'"
    )
    parser.add_argument(
        "--architecture",
        default="inception_v3",
        help="the network that the pictures are for (default: %(default)s); those that were "
        "pretrained on photographs take the same pictures",
    )
    parser.add_argument("--source-column", default="source_id", help="of the manifest")
    parser.add_argument("--replace", action="store_true", help="pictures in --out may be replaced")


def run(arguments: argparse.Namespace) -> None:
    """Write the pictures, and say how many and where."""
    from training.backbones.front_ends import as_pictures
    from training.backbones.registry import backbone
    from training.data.dataset import read_dataset
    from training.retraining.rendering import check_free, render_folder

    front_end = as_pictures(backbone(arguments.architecture).front_end_of("logmel"))
    check_free(arguments.out, replace=arguments.replace)
    clips = read_dataset(arguments.audio, source_column=arguments.source_column)
    render_folder(clips, front_end, arguments.out, replace=arguments.replace)
    sick = sum(clip.label for clip in clips)
    print(f"wrote {len(clips)} pictures to {arguments.out}: {sick} sick, {len(clips) - sick} not")
