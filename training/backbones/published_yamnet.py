"""YAMNet as it was published: its int8 LiteRT file, run as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.errors import BundleError
from worker.spectrogram import Patches


def published_probabilities(weights_file: Path, patches: Patches) -> npt.NDArray[np.float64]:
    """The 521 class probabilities of each patch.

    Args:
        weights_file: YAMNet's int8 LiteRT file.
        patches: float32 (patches, 96, 64).

    Returns:
        float64 (patches, 521), 0 to 1.

    Raises:
        BundleError: the file is no network of one such patch.
    """
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(model_path=str(weights_file), num_threads=1)
    except (ValueError, RuntimeError, OSError) as error:
        raise BundleError(f"{weights_file.name} is not a LiteRT network: {error}") from error
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    if len(inputs) != 1 or tuple(inputs[0]["shape"]) != (1, *patches.shape[1:]):
        raise BundleError(f"{weights_file.name} does not take one log-mel patch: not YAMNet")
    (given,), result = inputs, outputs[0]
    probabilities = np.empty((len(patches), *result["shape"][1:]), dtype=np.float64)
    for index, patch in enumerate(patches):
        interpreter.set_tensor(given["index"], patch[None])
        interpreter.invoke()
        probabilities[index] = interpreter.get_tensor(result["index"])[0]
    return probabilities
