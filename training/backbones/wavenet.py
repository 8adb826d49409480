"""A WaveNet that classifies: dilated causal convolutions on the samples themselves.

van den Oord et al. 2016, "WaveNet: A Generative Model for Raw Audio": gated activations
(tanh * sigmoid), residual and skip connections, dilations that double from layer to layer. As in
its section 3.4 (speech recognition) a mean pool follows the stack. To fit two cores, the samples
come in frames: the first layer is a convolution of one frame's length and step.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.bundle import FrontEnd
from training.backbones.errors import BackboneError
from training.tensorflow_setup import load_keras


@dataclass(frozen=True)
class WaveNetSize:
    """Width and depth; the defaults cost 34 million multiplications for five seconds.

    Attributes:
        residual: channels between the layers.
        skip: channels that each layer hands to the sum.
        channels: of the feature map.
        layers: layer n has the dilation 2 ** n; nine see 511 frames back, two seconds.
        pool: frames that one step of the feature map averages.
    """

    residual: int = 20
    skip: int = 32
    channels: int = 64
    layers: int = 9
    pool: int = 25


def wavenet(
    weights: Path | None, cut: str | None, front_end: FrontEnd, size: WaveNetSize | None = None
) -> Any:
    """An untrained WaveNet; seed it with `keras.utils.set_random_seed`.

    Args:
        weights: `.weights.h5` or `.keras` that such a network was saved to, to go on training;
            None: random.
        cut: must be None.
        front_end: of the patches; of any features, meant for `waveform`.
        size: width and depth.

    Returns:
        keras.Model from patches to (batch, patch_frames // pool, channels).

    Raises:
        BackboneError: the weights are of another network, or a cut is asked for.
    """
    if cut is not None:
        raise BackboneError("wavenet cannot be cut")
    size = size or WaveNetSize()
    keras = load_keras()
    layers = keras.layers
    patches = keras.Input((front_end.patch_frames, front_end.feature_width), name="patches")
    x = layers.Dense(size.residual, name="frames")(patches)
    skips = []
    for number in range(size.layers):
        gates = layers.Conv1D(
            2 * size.residual,
            2,
            padding="causal",
            dilation_rate=2**number,
            name=f"layer{number}",
        )(x)
        signal, gate = keras.ops.split(gates, 2, axis=-1)
        gated = keras.ops.tanh(signal) * keras.ops.sigmoid(gate)
        skips.append(layers.Dense(size.skip, name=f"layer{number}_skip")(gated))
        residual = layers.Dense(size.residual, name=f"layer{number}_residual")(gated)
        x = layers.Add(name=f"layer{number}_sum")([x, residual])
    total = layers.ReLU(name="skips")(layers.Add(name="skip_sum")(skips))
    hidden = layers.Dense(size.channels, activation="relu", name="channels")(total)
    features = layers.AveragePooling1D(size.pool, name="map")(hidden)
    network = keras.Model(patches, features, name="wavenet_on_patches")
    if weights is not None:
        try:
            network.load_weights(weights)
        except Exception as error:  # h5py, zipfile and Keras raise their own
            raise BackboneError(f"{weights.name} does not hold this wavenet's weights") from error
    return network
