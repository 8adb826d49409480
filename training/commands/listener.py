"""The command `listener`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "find when a network that others are built on hears no cough or sneeze, for fit --listener"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `listener` may be told."""
    parser.add_argument(
        "--record", type=Path, required=True, help="of the network's crossvalidate --record"
    )
    parser.add_argument(
        "--networks", type=Path, required=True, metavar="DIR", help="of its --keep-networks"
    )
    parser.add_argument("--data", type=Path, required=True, help="that the record is of")
    parser.add_argument("--source-column", default="source_id", help="of a manifest")
    parser.add_argument(
        "--noise",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="that the record was made with",
    )
    parser.add_argument("--json", type=Path, required=True, help="write the listener here")


def run(arguments: argparse.Namespace) -> None:
    """Ask each fold's network about the clips that it has not seen, and write what they tell."""
    from training.atomic_files import write_whole
    from training.data.dataset import read_dataset
    from training.data.noise import find_backgrounds
    from training.data.recordings import read_waveforms
    from training.evaluation.examined import check_is_of
    from training.evaluation.fold_networks import LiteRtFolds
    from training.evaluation.listener import calibrate_listener
    from training.evaluation.record import read_record
    from training.front_end import YAMNET_FRONT_END

    record = read_record(arguments.record)
    clips = read_dataset(arguments.data, source_column=arguments.source_column)
    backgrounds = [path for folder in arguments.noise for path in find_backgrounds(folder)]
    check_is_of(record, clips, backgrounds)
    folds = 1 + max(clip.fold for clip in record.clips)
    networks = LiteRtFolds(arguments.networks, folds, YAMNET_FRONT_END)
    waveforms = read_waveforms((clip.path for clip in clips), networks.front_end.sample_rate)
    listener = calibrate_listener(record, networks, waveforms)
    write_whole(arguments.json, listener.model_dump_json(indent=2) + "\n")
    print(
        f"P(a cough or a sneeze): scale {listener.event.scale:.4f}, offset "
        f"{listener.event.offset:.4f}; AUC {listener.auc:.3f}; below {listener.event_below:g} lie "
        f"{listener.sick_below} of {listener.sick} clips with one and {listener.others_below} of "
        f"{listener.others} others"
    )
