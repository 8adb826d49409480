"""Keras → LiteRT, and the proof that both say the same."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shared.bundle import Calibration, Network
from shared.errors import BundleError
from training.backbones.yamnet import PATCH_SHAPE
from training.fitting.calibration import calibrate
from training.fitting.features import predict
from training.tensorflow_setup import load_keras
from worker.model.network import LiteRtNetwork
from worker.model.pooling import attention_pool
from worker.spectrogram import Patches

PARITY = 1e-3


def export_litert(network: Any, batch: int) -> bytes:
    """Convert the patch network to LiteRT in float32.

    Args:
        network: of `training.network.build_network`.
        batch: patches per invocation, fixed.

    Returns:
        A LiteRT file with the signature `serving_default`: input `patches` (batch, 96, 64),
        outputs `logit` and `attention` (batch,), all float32.
    """
    keras = load_keras()
    import tensorflow as tf

    def serve(patches: Any) -> dict[str, Any]:
        outputs = network(patches, training=False)
        return {name: tf.reshape(outputs[name], (batch,)) for name in ("logit", "attention")}

    patches = tf.TensorSpec((batch, *PATCH_SHAPE), tf.float32, name="patches")
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(name="serving_default", fn=serve, input_signature=[patches])
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converted: bytes = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return converted


def parity(
    network: Any,
    folder: Path,
    described: Network,
    calibration: Calibration,
    clips: Sequence[Patches],
) -> float:
    """The greatest difference between Keras's and LiteRT's P(sick) over clips.

    Args:
        network: the Keras patch network.
        folder: where the LiteRT file lies.
        described: the card's network part.
        calibration: the card's.
        clips: float32 (patches, 96, 64) each.

    Returns:
        0 to 1.
    """
    served = LiteRtNetwork(folder, described)
    outputs = predict(network, np.concatenate(clips))
    borders = np.cumsum([len(patches) for patches in clips])[:-1]
    pairs = zip(
        np.split(outputs["logit"], borders), np.split(outputs["attention"], borders), strict=True
    )
    keras_logits = np.array([attention_pool(*pair) for pair in pairs])
    litert_logits = np.array([attention_pool(*served(patches)) for patches in clips])
    keras_says, litert_says = (
        calibrate(logits, calibration) for logits in (keras_logits, litert_logits)
    )
    return float(np.abs(keras_says - litert_says).max())


def check_parity(difference: float) -> None:
    """Raise BundleError if the two networks differ by more than `PARITY`."""
    if not difference <= PARITY:
        raise BundleError(f"Keras and LiteRT differ by {difference:.2g} in P(sick)")
