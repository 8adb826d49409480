"""The command `export`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "convert a bundle's Keras network to LiteRT, float32 and int8, and prove the files"
_QUANTISATIONS = ("float32", "dynamic-int8", "int8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `export` may be told."""
    parser.add_argument("bundle", type=Path, help="models/NAME/VERSION")
    parser.add_argument(
        "--data", type=Path, required=True, help="the recordings that it was trained on"
    )
    parser.add_argument("--source-column", default="source_id", help="of the manifest")
    parser.add_argument(
        "--quantisation",
        nargs="+",
        choices=_QUANTISATIONS,
        default=_QUANTISATIONS,
        help="files to make (default: all)",
    )
    parser.add_argument(
        "--serve", choices=_QUANTISATIONS, help="the file that the worker runs from now on"
    )
    parser.add_argument(
        "--clips", type=int, default=200, help="how many recordings to compare on (%(default)s)"
    )
    parser.add_argument(
        "--accept",
        type=float,
        default=0.02,
        metavar="SHARE",
        help="of answers that an eight-bit file may change (%(default)s); float32 may not differ",
    )


def run(arguments: argparse.Namespace) -> None:
    """Convert, compare, write, and print what was found."""
    from training.bundles.re_export import ExportPlan, renew_exports

    card = renew_exports(
        arguments.bundle,
        arguments.data,
        ExportPlan(
            quantisations=arguments.quantisation,
            serve=arguments.serve,
            clips=arguments.clips,
            accepted=arguments.accept,
        ),
        source_column=arguments.source_column,
    )
    for export in card.exports:
        print(
            f"{export.file}: {export.bytes / 1e6:.1f} MB; of {export.clips} training clips "
            f"{export.answers_changed:.1%} answers changed, P(sick) by at most "
            f"{export.greatest_difference:.2g}; accuracy {export.accuracy:.3f}, "
            f"Keras {export.keras_accuracy:.3f}"
        )
    print(f"{card.reference} serves {card.network.litert}")
