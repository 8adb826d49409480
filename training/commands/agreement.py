"""The command `agreement`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

HELP = "compare the rebuilt Keras YAMNet with its int8 file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `agreement` may be told."""
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=200)


def run(arguments: argparse.Namespace) -> None:
    """Compare, and print how far they agree as JSON."""
    import numpy as np

    from training.backbones.agreement import measure_agreement
    from training.data.dataset import read_dataset
    from training.data.recordings import read_waveforms
    from training.front_end import YAMNET_FRONT_END, waveform_to_patches

    clips = read_dataset(arguments.data)
    chosen = np.random.default_rng(0).permutation(len(clips))[: arguments.clips]
    waveforms = read_waveforms((clips[i].path for i in chosen), YAMNET_FRONT_END.sample_rate)
    patches = np.concatenate([waveform_to_patches(its, YAMNET_FRONT_END) for its in waveforms])
    print(json.dumps(measure_agreement(arguments.weights, patches), indent=2))
