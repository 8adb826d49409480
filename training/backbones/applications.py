"""Networks of Keras Applications with ImageNet's weights: InceptionV3 and MobileNetV2.

InceptionV3 (Szegedy et al. 2016) is what the proof of concept retrained; MobileNetV2 (Sandler et
al. 2018) costs a tenth of it.
"""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shared.bundle import FrontEnd
from training.atomic_files import write_whole
from training.backbones.errors import BackboneError
from training.backbones.pictures import on_pictures
from training.backbones.tfjs import Tensor, is_tfjs, read_tfjs
from training.tensorflow_setup import load_keras

# Name → that of Keras Applications, and the pictures' size: networks whose weights are downloaded.
DOWNLOADED = {"inception_v3": ("InceptionV3", 299), "mobilenet_v2": ("MobileNetV2", 224)}

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
    if weights is not None and is_tfjs(weights):
        network = _make("inception_v3", None)
        _assign_by_creation(network, read_tfjs(weights), weights.name)
    else:
        network = _with_weights("inception_v3", weights)
    return _on_pictures("inception_v3", _cut(network, cut), front_end)


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
    network = _with_weights("mobilenet_v2", weights)
    return _on_pictures("mobilenet_v2", _cut(network, cut), front_end)


def keep_imagenet_weights(name: str, path: Path) -> None:
    """Download a network's ImageNet weights, without its top, into a file for `weights`.

    Args:
        name: of `DOWNLOADED`.
        path: to write, `.weights.h5`.

    Raises:
        BackboneError: they cannot be downloaded.
        CannotWriteError: the system refused.
    """
    network = _downloaded(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.weights.h5"
        network.save_weights(file)
        write_whole(path, file.read_bytes())


def _on_pictures(name: str, network: Any, front_end: FrontEnd) -> Any:
    size = DOWNLOADED[name][1]
    return on_pictures(network, front_end, size=size, **_SCALE, name=f"{name}_on_patches")


def _make(name: str, weights: str | None) -> Any:
    application, size = DOWNLOADED[name]
    make: Callable[..., Any] = getattr(load_keras().applications, application)
    return make(include_top=False, weights=weights, input_shape=(size, size, 3))


def _with_weights(name: str, weights: Path | None) -> Any:
    if weights is None:
        return _downloaded(name)
    if not weights.is_file():
        raise BackboneError(f"there is no file {weights}")
    network = _make(name, None)
    try:
        network.load_weights(weights)
    except Exception as error:  # h5py, zipfile and Keras raise their own
        reason = str(error).strip().split("\n", 1)[0]
        raise BackboneError(f"{weights.name} does not hold {name}'s weights: {reason}") from error
    return network


def _downloaded(name: str) -> Any:
    """From Keras's cache, or downloaded into it."""
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_DOWNLOAD_PATIENCE_S)
    try:
        return _make(name, "imagenet")
    except Exception as error:  # Keras wraps what urllib raises in a plain Exception
        raise BackboneError(
            f"ImageNet's weights of {name} are not here and cannot be downloaded. Go online once, "
            "or give a file with --weights: the network without its top as Keras Applications "
            "saves it. The network efficientnet_lite0 needs no download."
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
