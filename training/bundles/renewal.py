"""A bundle that is there → the same bundle with its card rendered anew."""

from __future__ import annotations

import shutil
from pathlib import Path

from shared.bundle import Card, read_card, verify_files
from shared.errors import BundleError
from training.bundles.about import About
from training.bundles.model_card import CARD_MARKDOWN, render
from training.bundles.staging import staged
from training.bundles.writing import finish_bundle


def renew_card(folder: Path, about: About | None = None) -> Card:
    """Render `CARD.md` again from `card.json`, and its hash with it.

    Args:
        folder: the bundle.
        about: words to put into the card first.

    Returns:
        The card as written.

    Raises:
        BundleError: the bundle cannot be used.
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    folder = folder.resolve()
    card = read_card(folder)
    # Its own hash is what this renews; the other files must be the card's.
    others = {name: its for name, its in card.sha256.items() if name != CARD_MARKDOWN}
    verify_files(folder, card.model_copy(update={"sha256": others}))
    with staged(folder) as beside:
        copy_files(folder, beside, card)
        return finish_bundle(beside, about.renew(card) if about else card)


def is_rendered(folder: Path) -> bool:
    """Whether `CARD.md` is what `card.json` renders to, and every file is the card's.

    Raises:
        BundleError: the card cannot be read.
    """
    folder = folder.resolve()
    card = read_card(folder)
    try:
        text = (folder / CARD_MARKDOWN).read_text(encoding="utf-8")
        verify_files(folder, card)
    except (OSError, UnicodeDecodeError, BundleError):
        return False
    return text == render(card) and CARD_MARKDOWN in card.sha256


def copy_files(folder: Path, beside: Path, card: Card) -> None:
    """Copy those files that the card has hashes of and that are there."""
    for name in card.sha256:
        if (folder / name).is_file():
            shutil.copy2(folder / name, beside / name)
