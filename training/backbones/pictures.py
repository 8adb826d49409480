"""Patches of grey levels ↔ what a network that was pretrained on photographs takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.bundle import FrontEnd
from training.tensorflow_setup import load_keras


def on_pictures(
    network: Any, front_end: FrontEnd, *, size: int, scale: float, offset: float, name: str
) -> Any:
    """A network on pictures as one on patches: turned, resized, in three equal channels, scaled.

    The picture is what a person would look at: time to the right, low bands at the bottom.

    Args:
        network: from float32 (batch, size, size, 3) to (batch, height, width, channels), as a
            Keras model or a function on Keras tensors.
        front_end: of the patches, levels 0 to 255.
        size: of the picture, in pixels.
        scale: the network's input is `scale * level + offset`.
        offset: see `scale`.
        name: of the model.

    Returns:
        keras.Model from `patches` (batch, patch_frames, mel_bands) to (batch, time, bands,
        channels), low bands first.
    """
    keras = load_keras()
    patches = keras.Input((front_end.patch_frames, front_end.feature_width), name="patches")
    upright = keras.ops.flip(keras.layers.Permute((2, 1), name="time_to_the_right")(patches), 1)
    grey = keras.layers.Reshape((front_end.feature_width, front_end.patch_frames, 1))(upright)
    resized = keras.layers.Resizing(size, size, interpolation="bilinear", name="resized")(grey)
    scaled = keras.layers.Rescaling(scale, offset, name="scaled")(resized)
    picture = keras.layers.Concatenate(name="picture")([scaled, scaled, scaled])
    apply: Callable[[Any], Any] = network
    features = keras.ops.flip(apply(picture), 1)
    return keras.Model(patches, keras.layers.Permute((2, 1, 3), name="map")(features), name=name)


def as_log_mel(patches: Any, front_end: FrontEnd) -> Any:
    """Log-mel values of patches that may be grey levels, for a network that wants the values.

    Args:
        patches: a Keras tensor.
        front_end: of the patches; without a picture they are returned as they are.
    """
    if front_end.picture is None:
        return patches
    low, high = front_end.picture.low, front_end.picture.high
    return load_keras().layers.Rescaling((high - low) / 255.0, low, name="log_mel")(patches)
