"""Tiny LiteRT networks, made here, whose outputs can be told from their patches with numpy."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.bundle import EvidenceGrid
from training.tensorflow_setup import load_keras

BATCH = 3
SHAPE = (96, 64)
GRID = EvidenceGrid(time_cells=6, band_cells=4)
EVERYTHING = ("logit", "attention", "evidence", "event")


def _blocks(frames: int, grid: EvidenceGrid) -> tuple[int, int, int, int]:
    bands = SHAPE[1]
    return grid.time_cells, frames // grid.time_cells, grid.band_cells, bands // grid.band_cells


def expected(patches: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.float32]]:
    """What `tiny_network` answers to patches (patches, 96, 64)."""
    cells = patches.reshape(-1, *_blocks(SHAPE[0], GRID)).mean(axis=(2, 4))
    return {
        "evidence": cells,
        "logit": cells.sum(axis=(1, 2)),
        "attention": patches.max(axis=(1, 2)),
        "event": patches.min(axis=(1, 2)),
    }


def tiny_network(
    outputs: tuple[str, ...] = EVERYTHING,
    *,
    spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda answers: answers,
    takes: str = "patches",
    frames: int = SHAPE[0],
    grid: EvidenceGrid = GRID,
) -> bytes:
    """A LiteRT file that averages blocks of its patches.

    Args:
        outputs: those that it gives, as `expected` has them.
        spoil: changes the outputs' tensors before they are exported.
        takes: the name of its input.
        frames: of a patch.
        grid: the cells of a patch, whose blocks it averages.
    """
    load_keras()
    import tensorflow as tf

    def serve(**given: Any) -> dict[str, Any]:
        patches = given[takes]
        cells = tf.reduce_mean(tf.reshape(patches, (BATCH, *_blocks(frames, grid))), axis=(2, 4))
        answers = {
            "evidence": cells,
            "logit": tf.reduce_sum(cells, axis=(1, 2)),
            "attention": tf.reduce_max(patches, axis=(1, 2)),
            "event": tf.reduce_min(patches, axis=(1, 2)),
        }
        return spoil({name: answers[name] for name in outputs})

    module = tf.Module()
    spec = tf.TensorSpec((BATCH, frames, SHAPE[1]), tf.float32, name=takes)
    module.serve = tf.function(serve)
    signature = module.serve.get_concrete_function(**{takes: spec})
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": signature})
        converted: bytes = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return converted


def put_network(
    folder: Path, network: bytes, *, frames: int = SHAPE[0], grid: EvidenceGrid | None = GRID
) -> None:
    """Make a network that of a bundle: its file, hash, batch, evidence grid and patches."""
    path = folder / "card.json"
    card = json.loads(path.read_text())
    (folder / card["network"]["litert"]).write_bytes(network)
    card["network"] |= {"batch": BATCH, "evidence": grid and grid.model_dump()}
    card["front_end"] |= {"patch_frames": frames, "patch_hop_frames": frames // 2}
    card["sha256"][card["network"]["litert"]] = hashlib.sha256(network).hexdigest()
    path.write_text(json.dumps(card))
