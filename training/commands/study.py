"""The command `study`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "compare the candidates for the shipped model, and write the table"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `study` may be told."""
    parser.add_argument("--data", type=Path, required=True, help="Sick Sounds, or its like")
    parser.add_argument(
        "--noise", type=Path, action="append", default=[], metavar="DIR", help="see `fit`"
    )
    parser.add_argument(
        "--yamnet", type=Path, required=True, metavar="FILE", help="YAMNet's int8 .tflite"
    )
    parser.add_argument(
        "--inception",
        type=Path,
        metavar="DIR",
        help="InceptionV3 as npm's nsfwjs holds it (package/dist/models/inception_v3); without it "
        "its candidate is left out",
    )
    parser.add_argument(
        "--aisfx",
        type=Path,
        metavar="FILE",
        help="checkpoint.pth of PyPI's aisfx; without it its candidate is left out",
    )
    parser.add_argument("--only", action="append", metavar="NAME", help="run no other candidates")
    parser.add_argument("--runs", type=Path, default=Path("runs/study"), metavar="DIR")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="see `fit`")
    parser.add_argument("--out", type=Path, default=Path("docs/models.md"), metavar="MARKDOWN")


def run(arguments: argparse.Namespace) -> None:
    """Run what is missing, and write the table of what is there."""
    from training.study.candidates import CANDIDATES, WeightsKey
    from training.study.rows import choose
    from training.study.running import Study
    from training.study.table import put_into, render

    given: dict[WeightsKey, Path | None] = {
        "yamnet": arguments.yamnet,
        "inception": arguments.inception,
        "aisfx": arguments.aisfx,
    }
    weights = {key: path for key, path in given.items() if path is not None}
    study = Study(arguments.runs, arguments.data, arguments.noise, weights, arguments.cache)
    chosen = [
        its
        for its in CANDIDATES
        if (its.weights is None or its.weights in weights)
        and (not arguments.only or its.name in arguments.only)
    ]
    left_out = [its.name for its in CANDIDATES if its not in chosen]
    if left_out:
        print(f"left out: {', '.join(left_out)}", flush=True)
    records = {candidate: study.record(candidate) for candidate in chosen}
    rows = study.rows(records)
    evaluation = next(iter(records.values())).evaluation
    table = render(rows, choose(rows), evaluation.clips, evaluation.sources)
    put_into(arguments.out, table)
    print(table)
