"""Batch normalisation folded into the convolution before it: one layer, the same function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Folded:
    """A convolution's weights in Keras's layout.

    Attributes:
        kernel: (height, width, channels in, channels out); depthwise: (height, width, channels, 1).
        bias: (channels out,).
    """

    kernel: Floats
    bias: Floats


def fold(
    tensors: Mapping[str, npt.NDArray[Any]],
    convolution: str,
    norm: str,
    *,
    epsilon: float,
    depthwise: bool = False,
) -> Folded:
    """PyTorch's `Conv2d` without bias and the `BatchNorm2d` after it as one convolution.

    Args:
        tensors: a state dict.
        convolution: the convolution's name in it: `<name>.weight` is (out, in, height, width).
        norm: the normalisation's name.
        epsilon: of the normalisation.
        depthwise: whether each channel is filtered by itself.

    Raises:
        KeyError: a tensor is missing.
    """
    kernel = tensors[f"{convolution}.weight"].astype(np.float64)
    variance = tensors[f"{norm}.running_var"].astype(np.float64)
    gain = tensors[f"{norm}.weight"] / np.sqrt(variance + epsilon)
    bias = tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * gain
    scaled = kernel * gain[:, None, None, None]
    order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    return Folded(
        np.ascontiguousarray(scaled.transpose(order), dtype=np.float32), bias.astype(np.float32)
    )
