"""The bundles under MODELS_DIR, by their cards, and the one of them that a client means."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from shared.bundle import CARD_FILE, Card, read_card
from shared.errors import BundleError, UnknownModelError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Cards by name, the newest version of each name first."""

    cards: tuple[Card, ...]

    @property
    def references(self) -> list[str]:
        """`name@version` of each."""
        return [card.reference for card in self.cards]

    def find(self, asked: str) -> Card:
        """The card of `name@version`, or of the newest version of `name`.

        Raises:
            UnknownModelError: there is none of that name and version.
        """
        for card in self.cards:
            if asked in (card.reference, card.name):
                return card
        there = ", ".join(self.references) or "none"
        raise UnknownModelError(
            f"Ask for a name or a name@version of these: {there}", models=self.references
        )


def read_catalogue(models_dir: Path) -> Catalogue:
    """Read the card of every bundle `models_dir/<name>/<version>`.

    A folder whose card cannot be used is left out, with a warning in the log.
    """
    cards = []
    for file in models_dir.glob(f"*/*/{CARD_FILE}"):
        try:
            cards.append(read_card(file.parent))
        except BundleError as error:
            logger.warning("left out: %s", error)
    cards.sort(key=_version, reverse=True)
    cards.sort(key=lambda card: card.name)
    return Catalogue(tuple(cards))


def _version(card: Card) -> tuple[tuple[int, ...], str]:
    """Versions in the order of semver.org: 1.10.0 is newer than 1.9.0."""
    return tuple(int(part) for part in card.version.split(".")), card.version
