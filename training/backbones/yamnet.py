"""YAMNet's published int8 LiteRT file → the same network in Keras, its weights dequantised.

YAMNet (Plakal and Ellis 2020) is MobileNetV1 (Howard et al. 2017) trained on AudioSet (Gemmeke et
al. 2017): a 3x3 convolution, thirteen depthwise-separable blocks, a mean over the plane, and 521
independent classes. Batch normalisation is already folded into weights and biases, so each layer
here is a convolution with a bias and a ReLU6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shared.errors import BundleError

Floats = npt.NDArray[np.float32]
Kind = Literal["convolution", "depthwise"]

MEL_BANDS = 64
EMBEDDING_SIZE = 1024
LAST_LAYER = 27
COUGH, SNEEZE = 42, 44  # rows of yamnet_class_map.csv
_STRIDES = {1: 2, 4: 2, 8: 2, 12: 2, 24: 2}
_LAYER = re.compile(r"layer(\d+)/(conv|sepconv)/")


@dataclass(frozen=True)
class Layer:
    """One layer's weights in Keras's layout.

    Attributes:
        number: 1 to 27, YAMNet's own numbering; it names the Keras layer.
        kind: an ordinary or a depthwise convolution.
        kernel: (height, width, channels in, channels out); depthwise: channels out is 1.
        bias: (channels out,).
    """

    number: int
    kind: Kind
    kernel: Floats
    bias: Floats

    @property
    def name(self) -> str:
        return f"layer{self.number}"

    @property
    def stride(self) -> int:
        return _STRIDES.get(self.number, 1)


@dataclass(frozen=True)
class YamnetWeights:
    """All 27 layers, and the classifier: kernel (1024, 521) and bias (521,)."""

    layers: tuple[Layer, ...]
    classifier_kernel: Floats
    classifier_bias: Floats


def dequantise(values: npt.NDArray[Any], quantisation: dict[str, Any]) -> Floats:
    """real = scale * (stored - zero point), per tensor or along one axis.

    Args:
        values: int8 or int32, any shape.
        quantisation: LiteRT's `scales`, `zero_points` and `quantized_dimension`.

    Returns:
        float32 of the same shape.
    """
    scales = np.asarray(quantisation["scales"], dtype=np.float64)
    zeros = np.asarray(quantisation["zero_points"], dtype=np.float64)
    if len(scales) > 1:
        shape = [1] * values.ndim
        shape[quantisation["quantized_dimension"]] = len(scales)
        scales, zeros = scales.reshape(shape), zeros.reshape(shape)
    return np.asarray((values.astype(np.float64) - zeros) * scales, dtype=np.float32)


def read_weights(path: Path) -> YamnetWeights:
    """Read and dequantise the weights of YAMNet's int8 LiteRT file.

    Raises:
        BundleError: the file cannot be read, or is not this network.
    """
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(model_path=str(path))
    except (OSError, ValueError) as error:
        raise BundleError(f"{path.name} is not a readable LiteRT file") from error
    kernels: dict[int, tuple[str, Floats]] = {}
    biases: dict[int, Floats] = {}
    classifier: dict[str, Floats] = {}
    for tensor in interpreter.get_tensor_details():
        first_name = tensor["name"].split(";")[0]
        match = _LAYER.search(first_name)
        constant = "Relu6" not in first_name
        if match and constant:
            values = dequantise(
                interpreter.get_tensor(tensor["index"]), tensor["quantization_parameters"]
            )
            number = int(match.group(1))
            if values.ndim == 1:
                biases[number] = values
            else:
                kernels[number] = (match.group(2), values)
        elif first_name.endswith(("fc/MatMul", "fc/biases")) and ";" not in tensor["name"]:
            classifier[first_name.rsplit("/", 1)[1]] = dequantise(
                interpreter.get_tensor(tensor["index"]), tensor["quantization_parameters"]
            )
    expected = set(range(1, LAST_LAYER + 1))
    if kernels.keys() != expected or biases.keys() != expected or len(classifier) != 2:
        raise BundleError(f"{path.name} is not YAMNet: its layers are not the expected ones")
    layers = tuple(_layer(number, *kernels[number], biases[number]) for number in sorted(expected))
    return YamnetWeights(layers, classifier["MatMul"].T, classifier["biases"])


def _layer(number: int, operation: str, kernel: Floats, bias: Floats) -> Layer:
    """LiteRT keeps kernels as (out, height, width, in), depthwise as (1, height, width, channels):
    both become Keras's by moving the first axis last."""
    kind: Kind = "depthwise" if operation == "sepconv" else "convolution"
    return Layer(number, kind, kernel.transpose(1, 2, 3, 0), bias)
