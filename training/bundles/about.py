"""What the card says that no computation can: names, licences, uses, limits."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from shared.bundle import DISCLAIMER, Card, DataSet
from training.bundles.tripod import TOPICS
from training.data.dataset import DatasetError


class About(BaseModel):
    """A TOML file of this shape goes with each data set; see `training/cards/`.

    The fields are the card's of the same name; see `shared.bundle.Card` and `Provenance`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    caveat: str | None = None
    disclaimer: str = DISCLAIMER
    description: str
    licence: str
    intended_use: list[str] = Field(default_factory=list)
    not_for: list[str] = Field(default_factory=list)
    factors: list[str] = Field(default_factory=list)
    ethics: list[str] = Field(default_factory=list)
    limits: list[str]
    tripod: dict[str, str] = Field(default_factory=dict)
    base_weights: str
    data_sets: list[DataSet]

    @field_validator("tripod")
    @classmethod
    def _only_items(cls, answers: dict[str, str]) -> dict[str, str]:
        unknown = sorted(answers.keys() - TOPICS.keys())
        if unknown:
            raise ValueError(f"TRIPOD+AI has no item {', '.join(unknown)}")
        return answers

    def card_fields(self) -> dict[str, Any]:
        """The fields that are the card's own; the others belong to its provenance."""
        names = type(self).model_fields.keys() & Card.model_fields.keys()
        return {name: getattr(self, name) for name in names}

    def renew(self, card: Card) -> Card:
        """The card with these words in place of those that it has."""
        said = {"base_weights": self.base_weights, "data_sets": self.data_sets}
        provenance = card.provenance.model_copy(update=said)
        return card.model_copy(update={**self.card_fields(), "provenance": provenance})


def read_about(path: Path) -> About:
    """Read an about file.

    Raises:
        DatasetError: it is missing, is not TOML, lacks a field, or has one that is not known.
    """
    try:
        return About.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path.name} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DatasetError(
            f"{path.name} does not describe a data set: {where}: {first['msg']}"
        ) from error


def nothing_known(data: Path, weights: Path | None) -> About:
    """What a card says of data that nobody has described."""
    return About(
        description=f"Fine-tuned on recordings of {data.stem} that nobody has described.",
        licence="Not stated.",
        base_weights=weights.name if weights else "Those that the backbone comes with.",
        data_sets=[
            DataSet(name=data.stem, licence="not stated", use="training and cross-validation")
        ],
        limits=[
            "'sick' means: this sounds like the recordings labelled sick in the training data.",
            "Nobody has said where the data come from, whom they show, or who labelled them and "
            "how: its figures hold for recordings of the same making, and for nothing else.",
        ],
    )
