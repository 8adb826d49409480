"""What our own commands wrote as JSON, read back."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from training.data.clip import DatasetError

Model = TypeVar("Model", bound=BaseModel)


def read_json(path: Path, model: type[Model], otherwise: str) -> Model:
    """Read a file that holds a model.

    Args:
        path: the file.
        model: what it holds.
        otherwise: what to say of a file that holds something else, such as `is no listener`.

    Raises:
        DatasetError: the file is missing or holds something else.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise DatasetError(f"{path.name} {otherwise}: {error}") from error
