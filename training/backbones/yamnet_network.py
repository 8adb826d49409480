"""YAMNet's layers as a Keras backbone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.bundle import FrontEnd
from training.backbones.errors import BackboneError
from training.backbones.pictures import as_log_mel
from training.backbones.yamnet import LAST_LAYER, Layer, read_weights
from training.tensorflow_setup import load_keras

_LAST_HALVING = 24


def yamnet(weights: Path | None, cut: str | None, front_end: FrontEnd) -> Any:
    """YAMNet before its pooling, see `training.backbones.yamnet`.

    Args:
        weights: the int8 LiteRT file that takes spectra, such as google-coral/coralmicro's.
        cut: the layer to end with, `layer1` to `layer27`; None: the last (3 x 2 x 1024).
        front_end: of the patches.

    Returns:
        keras.Model from patches to a feature map, see `training.backbones.registry`.

    Raises:
        BackboneError: no weights are given, or the cut is unknown.
        BundleError: the file is not YAMNet.
    """
    if weights is None:
        raise BackboneError(
            "yamnet needs --weights FILE: its int8 LiteRT file that takes spectra "
            "(yamnet_spectra_in.tflite of google-coral/coralmicro)"
        )
    match = re.fullmatch(r"layer(\d+)", cut or f"layer{LAST_LAYER}")
    if not match or not 1 <= int(match.group(1)) <= LAST_LAYER:
        raise BackboneError(f"yamnet has no {cut!r}; cut at layer1 to layer{LAST_LAYER}")
    layers = read_weights(weights).layers[: int(match.group(1))]
    keras = load_keras()
    patches = keras.Input((front_end.patch_frames, front_end.mel_bands), name="patches")
    plane = keras.layers.Reshape((front_end.patch_frames, front_end.mel_bands, 1), name="plane")
    x = plane(as_log_mel(patches, front_end))
    x = convolutions(x, layers)
    network = keras.Model(patches, x, name="yamnet_on_patches")
    for its in layers:
        network.get_layer(its.name).set_weights([its.kernel, its.bias])
    return network


def convolutions(tensor: Any, layers: Sequence[Layer], *, dense: bool = False) -> Any:
    """YAMNet's layers on a Keras tensor (batch, height, width, channels), weights not yet set.

    Args:
        tensor: log-mel values, or what an earlier layer gives.
        layers: that follow each other.
        dense: do without the last halving of time (layer 24) and let layer 26 look at every other
            moment instead (the algorithme à trous; Chen et al. 2015, "DeepLab"): a map twice as
            fine whose every other moment is YAMNet's own, for a seventh more work.
    """
    keras = load_keras()
    for layer in layers:
        options: dict[str, Any] = {
            "strides": layer.stride,
            "padding": "same",
            "activation": "relu6",
            "name": layer.name,
        }
        size = layer.kernel.shape[:2]
        if dense and layer.number == _LAST_HALVING:
            options["strides"] = 1
            # Strides must be the same both ways: bands are dropped after, as the stride would.
            tensor = keras.layers.DepthwiseConv2D(size, **options)(tensor)
            tensor = keras.layers.Cropping2D(((0, 0), (1, 0)), name="bands_from_1")(tensor)
            tensor = keras.layers.MaxPooling2D(1, (1, 2), name="every_other_band")(tensor)
            continue
        if dense and layer.number == _LAST_HALVING + 2:
            options["dilation_rate"] = (2, 1)
        if layer.kind == "depthwise":
            tensor = keras.layers.DepthwiseConv2D(size, **options)(tensor)
        else:
            tensor = keras.layers.Conv2D(layer.kernel.shape[3], size, **options)(tensor)
    return tensor
