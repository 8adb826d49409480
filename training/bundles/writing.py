"""Writing a model bundle: all of it or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.bundle import CARD_FILE, Card, Network, read_card, verify_files
from shared.errors import BundleError
from training.bundles.export import export_litert
from training.bundles.model_card import CARD_MARKDOWN, render
from training.evaluation.record import file_sha256

# Measured on LiteRT, one thread, ten patches: 12.8 ms one by one, 11.2 ms by two, 11.8 ms by five,
# 11.3 ms by ten; a small batch wastes the least on padding.
LITERT_BATCH = 2


def write_bundle(
    out: Path, network: Any, make_card: Callable[[Path, Network], Card], *, replace: bool = False
) -> Card:
    """Write `network.keras`, `network.tflite`, `card.json` and `CARD.md`.

    They are written beside `out` and moved there when they are complete.

    Args:
        out: `.../<name>/<version>`, the bundle's folder.
        network: the Keras patch network.
        make_card: gives the card, without hashes, from the folder that holds both networks and
            the card's network part; it may refuse by raising.
        replace: whether a bundle that is already there may be replaced.

    Returns:
        The card as written.

    Raises:
        BundleError: `out` is there already, or the finished bundle does not verify.
    """
    check_free(out, replace=replace)
    out.parent.mkdir(parents=True, exist_ok=True)
    described = Network(
        batch=LITERT_BATCH, quantisation="float32", parameters=int(network.count_params())
    )
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".writing-") as temporary:
        folder = Path(temporary) / out.parent.name / out.name
        folder.mkdir(parents=True)
        network.save(folder / described.keras)
        (folder / described.litert).write_bytes(export_litert(network, described.batch))
        card = make_card(folder, described)
        (folder / CARD_MARKDOWN).write_text(render(card), encoding="utf-8")
        files = (described.litert, described.keras, CARD_MARKDOWN)
        card = card.model_copy(update={"sha256": {its: file_sha256(folder / its) for its in files}})
        (folder / CARD_FILE).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
        verify_files(folder, read_card(folder))
        if out.exists():
            shutil.move(out, Path(temporary) / "replaced")
        folder.rename(out)
    return card


def check_free(out: Path, *, replace: bool) -> None:
    """Raise BundleError if `out` holds something that may not be replaced."""
    if out.exists() and not replace:
        raise BundleError(f"{out} exists: give another version, or --replace")
