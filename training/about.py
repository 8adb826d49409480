"""What the card says that no computation can: the data's names and licences, the limits."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.bundle import DataSet
from training.dataset import DatasetError


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
