"""What the card says that no computation can: the data's names and licences, the limits."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.bundle import DataSet
from training.data.dataset import DatasetError


class About(BaseModel):
    """A TOML file of this shape goes with each data set; see `training/cards/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    licence: str
    base_weights: str
    data_sets: list[DataSet]
    limits: list[str]


def read_about(path: Path) -> About:
    """Read an about file.

    Raises:
        DatasetError: it is missing, is not TOML, or lacks a field.
    """
    try:
        return About.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise DatasetError(f"{path.name} does not describe a data set: {error}") from error


def nothing_known(data: Path, weights: Path) -> About:
    """What a card says of data that nobody has described."""
    return About(
        description=f"Fine-tuned on recordings of {data.stem} that nobody has described.",
        licence="Not stated.",
        base_weights=weights.name,
        data_sets=[
            DataSet(name=data.stem, licence="not stated", use="training and cross-validation")
        ],
        limits=[
            "'sick' means: this sounds like the recordings labelled sick in the training data.",
            "Nobody has said where the data come from, whom they show, or who labelled them and "
            "how: its figures hold for recordings of the same making, and for nothing else.",
        ],
    )
