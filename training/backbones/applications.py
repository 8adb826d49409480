"""Networks of Keras Applications with ImageNet's weights: InceptionV3 and MobileNetV2.

InceptionV3 (Szegedy et al. 2016) is what the proof of concept retrained; MobileNetV2 (Sandler et
al. 2018) costs a tenth of it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shared.bundle import FrontEnd
from training.backbones.errors import BackboneError
from training.backbones.pictures import on_pictures
from training.backbones.tfjs import Tensor, is_tfjs, read_tfjs
from training.tensorflow_setup import load_keras

_DOWNLOAD_PATIENCE_S = 30.0
# x / 127.5 - 1: "tf" preprocessing of Keras Applications
_SCALE = {"scale": 1 / 127.5, "offset": -1.0}
_PARTS = {
    "Conv2D": ("kernel",),
    "BatchNormalization": ("beta", "moving_mean", "moving_variance"),
}
_STEMS = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization"}


def inception_v3(weights: Path | None, cut: str | None, front_end: FrontEnd) -> Any:
    """InceptionV3 without its classifier, on pictures of 299 pixels.

    Args:
        weights: a Keras `.h5`, `.keras` or `.weights.h5` of the network without its top; or a
            TensorFlow.js model, such as npm's nsfwjs ships, see `training.backbones.tfjs` (of
            nsfwjs, only the layers up to `mixed5` are ImageNet's); None: ImageNet's, downloaded.
        cut: the layer to end with, `mixed0` (35 x 35 x 256) to `mixed10`; None: the last.
        front_end: of the patches; a picture.

    Returns:
        keras.Model from patches to a feature map, see `training.backbones.registry`.

    Raises:
        BackboneError: the weights cannot be had or are of another network, or there is no layer
            of that name.
    """
    application = load_keras().applications.InceptionV3
    size = 299
    if weights is not None and is_tfjs(weights):
        network = application(include_top=False, weights=None, input_shape=(size, size, 3))
        _assign_by_creation(network, read_tfjs(weights), weights.name)
    else:
        network = _with_weights("inception_v3", application, weights, size)
    network = _cut(network, cut)
    return on_pictures(network, front_end, size=size, **_SCALE, name="inception_v3_on_patches")


def mobilenet_v2(weights: Path | None, cut: str | None, front_end: FrontEnd) -> Any:
    """MobileNetV2 without its classifier, on pictures of 224 pixels.

    Args:
        weights: a Keras `.h5`, `.keras` or `.weights.h5` of the network without its top; None:
            ImageNet's, downloaded.
        cut: the layer to end with, such as `block_12_add`; None: the last.
        front_end: of the patches; a picture.

    Returns:
        keras.Model from patches to a feature map, see `training.backbones.registry`.

    Raises:
        BackboneError: as `inception_v3`.
    """
    size = 224
    application = load_keras().applications.MobileNetV2
    network = _cut(_with_weights("mobilenet_v2", application, weights, size), cut)
    return on_pictures(network, front_end, size=size, **_SCALE, name="mobilenet_v2_on_patches")


def _with_weights(
    name: str, application: Callable[..., Any], weights: Path | None, size: int
) -> Any:
    if weights is None:
        return _downloaded(name, application, size)
    if not weights.is_file():
        raise BackboneError(f"there is no file {weights}")
    network = application(include_top=False, weights=None, input_shape=(size, size, 3))
    try:
        network.load_weights(weights)
    except Exception as error:  # h5py, zipfile and Keras raise their own
        reason = str(error).strip().split("\n", 1)[0]
        raise BackboneError(f"{weights.name} does not hold {name}'s weights: {reason}") from error
    return network


def _downloaded(name: str, application: Callable[..., Any], size: int) -> Any:
    """From Keras's cache, or downloaded into it."""
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_DOWNLOAD_PATIENCE_S)
    try:
        return application(include_top=False, weights="imagenet", input_shape=(size, size, 3))
    except Exception as error:  # Keras wraps what urllib raises in a plain Exception
        raise BackboneError(
            f"ImageNet's weights of {name} cannot be downloaded. Go online once (they are kept in "
            "~/.keras/models), or give a file with --weights: the network without its top as "
            "Keras Applications saves it. Without either, efficientnet_lite0 and yamnet need no "
            "download from Keras."
        ) from error
    finally:
        socket.setdefaulttimeout(patience)


def _cut(network: Any, cut: str | None) -> Any:
    if cut is None:
        return network
    try:
        end = network.get_layer(cut).output
    except ValueError as error:
        named = [layer.name for layer in network.layers if re.match(r"mixed|.*_add$", layer.name)]
        raise BackboneError(
            f"{network.name} has no layer {cut!r}; cut for example at {', '.join(named)}"
        ) from error
    return load_keras().Model(network.input, end, name=f"{network.name}_to_{cut}")


def _assign_by_creation(network: Any, tensors: Mapping[str, Tensor], file: str) -> None:
    """Set weights by the order in which the code made the layers, which their numbers tell.

    Keras numbers unnamed layers in a session: `conv2d_1` of one file is `conv2d` of another.
    """
    for kind, parts in _PARTS.items():
        layers = sorted(
            (layer for layer in network.layers if type(layer).__name__ == kind),
            key=lambda layer: _number(layer.name),
        )
        stem = _STEMS[kind]
        names = sorted(
            {name.split("/")[0] for name in tensors if re.match(rf"{stem}(_\d+)?/", name)},
            key=_number,
        )
        if len(names) != len(layers):
            raise BackboneError(f"{file} has {len(names)} layers {stem}, not {len(layers)}")
        for layer, name in zip(layers, names, strict=True):
            try:
                layer.set_weights([tensors[f"{name}/{part}"] for part in parts])
            except (KeyError, ValueError) as error:
                raise BackboneError(f"{file} is of another network: {name} differs") from error


def _number(name: str) -> int:
    match = re.search(r"_(\d+)$", name)
    return int(match.group(1)) if match else 0
