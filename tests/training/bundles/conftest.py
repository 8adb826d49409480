"""A thin network with every output that may be exported, and a bundle of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from shared.bundle import (
    Calibration,
    Card,
    DataSet,
    Doubts,
    Evaluation,
    Figure,
    Network,
    Provenance,
)
from training.bundles.writing import write_bundle
from training.fitting.network import FROZEN, TRAINED
from training.front_end import YAMNET_FRONT_END
from training.tensorflow_setup import load_keras

FRONT_END = YAMNET_FRONT_END.model_copy(
    update={"mel_bands": 12, "patch_frames": 32, "patch_hop_frames": 16}
)
GRID = (4, 2)


def evident_network(*, seed: int = 0) -> Any:
    """Patches (batch, 32, 12) to logit, attention, evidence (4 × 2 cells) and event."""
    keras = load_keras()
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    patches = keras.Input((FRONT_END.patch_frames, FRONT_END.mel_bands), name="patches")
    plane = layers.Reshape((FRONT_END.patch_frames, FRONT_END.mel_bands, 1), name="plane")(patches)
    lower = layers.Conv2D(8, 3, 2, padding="same", activation="relu6", name="lower")(plane)
    frozen = keras.Model(patches, lower, name=FROZEN)
    activations = keras.Input(frozen.output.shape[1:], name="activations")
    upper = layers.Conv2D(8, 3, (4, 3), padding="same", activation="relu6", name="upper")
    feature_map = upper(activations)
    cells = layers.Dense(1, name="cells")(feature_map)
    mean = layers.GlobalAveragePooling2D(name="mean")(feature_map)
    heads = {
        "logit": layers.GlobalAveragePooling2D(name="mean_cell")(cells),
        "attention": layers.Dense(1, name="attention_head")(mean),
        "event": layers.Dense(1, name="event_head")(mean),
    }
    outputs = {name: layers.Reshape((), name=name)(its) for name, its in heads.items()}
    shares = layers.Rescaling(1 / (GRID[0] * GRID[1]), name="shares")(cells)
    outputs["evidence"] = layers.Reshape(GRID, name="evidence")(shares)
    trained = keras.Model(activations, outputs, name=TRAINED)
    return keras.Model(patches, trained(frozen(patches)), name="patch_network")


def card_of(described: Network, name: str, version: str, **changes: Any) -> Card:
    """A card with something in every field that is rendered."""
    figure = Figure(value=0.5, low=0.4, high=0.6)
    fields: dict[str, Any] = {
        "name": name,
        "version": version,
        "description": "A test.",
        "labels": ["sick", "not sick"],
        "licence": "None",
        "front_end": FRONT_END,
        "network": described,
        "calibration": Calibration(scale=1.0, offset=0.0),
        "threshold": 0.5,
        "doubts": Doubts(
            uncertain_from=0.35,
            uncertain_to=0.65,
            event_below=0.2,
            event=Calibration(scale=2.0, offset=-1.0),
            chosen="by the toss of a coin",
        ),
        "evaluation": Evaluation(
            protocol="None",
            command="python -m training crossvalidate",
            clips=12,
            sources=12,
            figures={"auc": figure},
            baselines={"peak_level_auc": figure},
            probes={"noise_20_db": figure},
        ),
        "provenance": Provenance(
            data_sets=[DataSet(name="Made sounds", licence="CC0", use="training")],
            base_weights="Random",
            base_weights_sha256="0" * 64,
            trained_with="python -m training fit",
            seed=0,
        ),
        "limits": ["It knows nothing."],
        "sha256": {},
    }
    return Card(**{**fields, **changes})


def put_bundle(folder: Path, network: Any, **changes: Any) -> Card:
    """Write a bundle of a network, its card changed in some fields."""
    return write_bundle(
        folder,
        network,
        lambda _, described: card_of(described, folder.parent.name, folder.name, **changes),
        replace=True,
    )


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle; tests read it, and change copies."""
    folder = tmp_path_factory.mktemp("models") / "tiny" / "1.0.0"
    put_bundle(folder, evident_network())
    return folder


@pytest.fixture
def bundle(written: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    folder = tmp_path / "tiny" / "1.0.0"
    shutil.copytree(written, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
