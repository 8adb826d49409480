"""The retrained network on disk: SavedModel, LiteRT file, labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.errors import ScreeningError
from training.atomic_files import write_whole
from training.bundles.staging import staged
from training.retraining.network import CLASSES, FINAL_RESULT
from training.tensorflow_setup import load_keras

FROZEN_GRAPH = ".pb"
_SAVED_MODEL = "saved_model.pb"


class OutputTakenError(ScreeningError):
    """Something else lies where the network shall be written."""

    code = "output_taken"
    title = "The network cannot be written there"


def graph_folder(output_graph: Path) -> Path:
    """The SavedModel's folder: the old frozen graph's name, without its suffix."""
    return output_graph.with_suffix("") if output_graph.suffix == FROZEN_GRAPH else output_graph


def litert_file(output_graph: Path) -> Path:
    """The LiteRT file beside the SavedModel's folder."""
    folder = graph_folder(output_graph)
    return folder.with_name(f"{folder.name}.tflite")


def check_output(output_graph: Path) -> None:
    """Raise OutputTakenError if the SavedModel's folder is there and is no SavedModel."""
    folder = graph_folder(output_graph)
    if folder.exists() and not (folder / _SAVED_MODEL).is_file():
        raise OutputTakenError(
            f"{folder} is there and holds no SavedModel: give another --output_graph"
        )


def write_graph(network: Any, output_graph: Path) -> None:
    """Write the network as a SavedModel and as a LiteRT file, replacing an earlier one's.

    Both have the signature `serving_default`: `patches` (batch, patch_frames, feature_width) to
    `final_result` (batch, 2), probabilities in the labels' order, float32.

    Args:
        network: of `training.retraining.network.softmax_network`.
        output_graph: see `graph_folder` and `litert_file`.

    Raises:
        OutputTakenError: something else lies there.
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    check_output(output_graph)
    keras = load_keras()
    import tensorflow as tf

    patches = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32, name="patches")
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(
        name="serving_default",
        fn=lambda patches: {FINAL_RESULT: network(patches, training=False)},
        input_signature=[patches],
    )
    with staged(graph_folder(output_graph)) as folder:
        archive.write_out(str(folder), verbose=False)
        converted: bytes = tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert()
    write_whole(litert_file(output_graph), converted)


def write_labels(path: Path) -> None:
    """Write the labels, one a line, in the order of `final_result`."""
    write_whole(path, "".join(f"{label}\n" for label in CLASSES))
