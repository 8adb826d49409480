"""Keras → LiteRT, in float32 or in eight bits."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.bundle import EvidenceGrid, Network, Quantisation
from shared.errors import BundleError
from training.tensorflow_setup import load_keras
from worker.spectrogram import Patches

FILES: dict[Quantisation, str] = {
    "float32": "network.tflite",
    "dynamic-int8": "network.dynamic-int8.tflite",
    "int8": "network.int8.tflite",
}
_ALWAYS = ("logit", "attention")
_WHERE_GIVEN = ("evidence", "event")
_LONG_FRAMES = 256


def describe(network: Any, batch: int) -> Network:
    """The card's network part, for the float32 file.

    Args:
        network: a Keras network from patches (batch, frames, width) to a dictionary of outputs.
        batch: patches per invocation.

    Raises:
        BundleError: its input or its outputs are not those of a patch network.
    """
    shapes = _output_shapes(network)
    grid = shapes.get("evidence")
    if grid is not None and len(grid) != 2:
        raise BundleError(f"the network's evidence is no grid of time and bands: {grid}")
    return Network(
        batch=batch,
        quantisation="float32",
        parameters=int(network.count_params()),
        evidence=EvidenceGrid(time_cells=grid[0], band_cells=grid[1]) if grid else None,
    )


def convert(
    network: Any,
    batch: int,
    quantisation: Quantisation = "float32",
    representative: Sequence[Patches] = (),
) -> bytes:
    """Convert the patch network to LiteRT.

    `dynamic-int8` has eight-bit weights and computes in float32 between its layers. `int8` has
    eight-bit weights and activations, float32 in and out (Jacob et al. 2018, "Quantization and
    training of neural networks for efficient integer-arithmetic-only inference").

    Args:
        network: see `describe`.
        batch: patches per invocation, fixed.
        quantisation: of the file.
        representative: clips, float32 (patches, frames, width) each, whose activations set the
            ranges of `int8`; nothing else looks at them.

    Returns:
        A LiteRT file with the signature `serving_default`: input `patches` (batch, frames, width);
        outputs `logit` and `attention` (batch,) and, where the network has them, `evidence`
        (batch, time_cells, band_cells) and `event` (batch,); all float32.

    Raises:
        BundleError: it is no patch network, or TensorFlow cannot convert it.
    """
    keras = load_keras()
    import tensorflow as tf
    from tensorflow.lite.python.convert_phase import ConverterError

    shapes = _output_shapes(network)

    def serve(patches: Any) -> dict[str, Any]:
        outputs = network(patches, training=False)
        return {name: tf.reshape(outputs[name], (batch, *its)) for name, its in shapes.items()}

    patches = tf.TensorSpec((batch, *input_shape(network)), tf.float32, name="patches")
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(name="serving_default", fn=serve, input_signature=[patches])
    try:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            # The converter calibrates with an interpreter of its own that is on its way out.
            warnings.filterwarnings("ignore", r"\s*Warning: tf\.lite\.Interpreter is deprecated")
            archive.write_out(folder, verbose=False)
            converter = tf.lite.TFLiteConverter.from_saved_model(folder)
            if quantisation != "float32":
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
            if quantisation == "int8":
                converter.representative_dataset = lambda: _batches(representative, batch)
                converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converted: bytes = converter.convert()
    except (tf.errors.OpError, ConverterError, RuntimeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise BundleError(f"the network cannot be converted to {quantisation}: {reason}") from error
    return converted


def litert_batch(network: Any) -> int:
    """How many patches a network should take at once.

    Measured on LiteRT, one thread, ten patches of 96 frames: 12.8 ms one by one, 11.2 ms by two,
    11.8 ms by five; a small batch wastes the least on padding, and long patches need none.
    """
    return 1 if input_shape(network)[0] >= _LONG_FRAMES else 2


def input_shape(network: Any) -> tuple[int, int]:
    """Frames and width of the patches that a network takes.

    Raises:
        BundleError: it takes something else.
    """
    shapes = [tuple(its.shape[1:]) for its in network.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 2 or None in shapes[0]:
        raise BundleError(f"the network takes no patches of frames and width, but {shapes}")
    return int(shapes[0][0]), int(shapes[0][1])


def _output_shapes(network: Any) -> dict[str, tuple[int, ...]]:
    """The shapes of the outputs that are exported, without the batch."""
    outputs = network.output if isinstance(network.output, dict) else {}
    missing = [name for name in _ALWAYS if name not in outputs]
    if missing:
        raise BundleError(f"the network gives no {' and no '.join(missing)}")
    exported = (*_ALWAYS, *(name for name in _WHERE_GIVEN if name in outputs))
    return {name: tuple(int(its) for its in outputs[name].shape[1:]) for name in exported}


def _batches(clips: Sequence[Patches], batch: int) -> Iterator[dict[str, npt.NDArray[np.float32]]]:
    patches = np.concatenate(clips)
    padding = -len(patches) % batch
    if padding:
        patches = np.concatenate([patches, np.repeat(patches[-1:], padding, axis=0)])
    for start in range(0, len(patches), batch):
        yield {"patches": patches[start : start + batch]}
