"""The served model bundle, and copies of it for tests to spoil."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.job import ModelReference
from shared.settings import Settings


def served_model() -> ModelReference:
    """The model that the settings name."""
    return ModelReference.parse(Settings().model)


def served_bundle() -> Path:
    """The folder of the bundle that the settings name."""
    model = served_model()
    return Settings().models_dir / model.name / model.version


def copy_bundle(models_dir: Path, name: str = "", version: str = "") -> Path:
    """A copy of the served bundle under `models_dir`, with another name or version if given."""
    source = served_bundle()
    copy = models_dir / (name or source.parent.name) / (version or source.name)
    copy.mkdir(parents=True)
    for file in source.iterdir():
        if file.suffix in (".json", ".tflite"):  # all that serving needs
            shutil.copyfile(file, copy / file.name)
    change_card(copy, lambda card: card.update(name=copy.parent.name, version=copy.name))
    return copy


@pytest.fixture
def bundle_copy(tmp_path: Path) -> Path:
    """A copy of the served bundle, under folders of the same names."""
    return copy_bundle(tmp_path / "models")


def change_card(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Edit a bundle's card in place."""
    path = folder / "card.json"
    card = json.loads(path.read_text())
    change(card)
    path.write_text(json.dumps(card))
