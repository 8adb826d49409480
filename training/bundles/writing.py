"""Writing a model bundle: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.bundle import CARD_FILE, Card, Network, read_card, verify_files
from shared.errors import BundleError
from training.bundles.conversion import convert, describe, litert_batch
from training.bundles.model_card import CARD_MARKDOWN, render
from training.bundles.saving import save_network
from training.bundles.staging import staged
from training.evaluation.record import file_sha256


def write_bundle(
    out: Path, network: Any, make_card: Callable[[Path, Network], Card], *, replace: bool = False
) -> Card:
    """Write `network.keras`, `network.tflite`, `card.json` and `CARD.md`.

    The same network and card give the same bytes.

    Args:
        out: `.../<name>/<version>`, the bundle's folder.
        network: the Keras patch network; see `training.bundles.conversion.describe`.
        make_card: gives the card, without hashes, from the folder that holds both networks and
            the card's network part; it may refuse by raising.
        replace: whether a bundle that is already there may be replaced.

    Returns:
        The card as written.

    Raises:
        BundleError: `out` is there already, `network` is no patch network, or the bundle does not
            verify.
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    check_free(out, replace=replace)
    described = describe(network, litert_batch(network))
    with staged(out) as folder:
        save_network(network, folder / described.keras)
        (folder / described.litert).write_bytes(convert(network, described.batch))
        return finish_bundle(folder, make_card(folder, described))


def finish_bundle(folder: Path, card: Card) -> Card:
    """Render `CARD.md`, take every file's hash, write `card.json`, and verify it all.

    Args:
        folder: with all other files of the bundle and nothing else.
        card: its hashes of files that are not in `folder` are kept.

    Returns:
        The card as written.

    Raises:
        BundleError: the finished bundle does not verify.
    """
    (folder / CARD_MARKDOWN).write_text(render(card), encoding="utf-8")
    files = sorted(its.name for its in folder.iterdir() if its.name != CARD_FILE)
    hashes = card.sha256 | {name: file_sha256(folder / name) for name in files}
    card = card.model_copy(update={"sha256": hashes})
    (folder / CARD_FILE).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    verify_files(folder, read_card(folder))
    return card


def check_free(out: Path, *, replace: bool) -> None:
    """Raise BundleError if `out` holds something that may not be replaced."""
    if out.exists() and not replace:
        raise BundleError(f"{out} exists: give another version, or --replace")
