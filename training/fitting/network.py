"""The Keras patch network: frozen blocks, trained blocks with their heads.

For each patch the network gives a logit of being sick and an attention score. A clip's logit is
the attention-weighted mean of its patches' logits (attention-based multiple-instance pooling: Ilse
et al. 2018). With linear heads that equals one linear head on the attention-pooled embedding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.errors import BundleError
from training.backbones.registry import backbone, pooled
from training.backbones.yamnet import LAST_LAYER, MEL_BANDS, YamnetWeights
from training.backbones.yamnet_network import convolutions
from training.fitting.features import predict
from training.fitting.heads import embedding_heads, map_heads
from training.tensorflow_setup import load_keras

FROZEN = "frozen_blocks"
TRAINED = "trained_blocks"
MASKED_SCORE = -1e9
# The heads see the last layer, a cell for 32 frames by 32 bands, and two before its last halving:
# what they say can be drawn four times as finely, and the figures stay what they were.
TAPS = (15, 23, LAST_LAYER)


def build_network(
    weights: YamnetWeights,
    *,
    first_trained: int,
    dropout: float,
    patch_frames: int = 96,
    dense: bool = False,
) -> Any:
    """Build the patch network from YAMNet's weights.

    YAMNet's layers are convolutions: they take patches of other lengths than the 96 frames that
    they were pretrained on. Long ones spare the borders, and cost half of overlapping short ones.

    Args:
        weights: YAMNet's.
        first_trained: the first layer (1 to 27) that fine-tuning may change; 28: none, the heads
            alone.
        dropout: rate on the embedding, during training only.
        patch_frames: of a patch, a multiple of 32.
        dense: see `convolutions`.

    Returns:
        keras.Model from `patches` (batch, patch_frames, 64) to {"logit": (batch,), "attention":
        (batch,), "evidence": (batch, patch_frames / 16, 4)}, made of the submodels `frozen_blocks`
        and `trained_blocks`. Where the last block alone is trained, evidence has the cells of the
        last layer, 2 in frequency.
    """
    keras = load_keras()
    lower = [layer for layer in weights.layers if layer.number < first_trained]
    upper = [layer for layer in weights.layers if layer.number >= first_trained]

    shape = (patch_frames, MEL_BANDS)
    patches = keras.Input(shape, name="patches")
    plane = keras.layers.Reshape((*shape, 1), name="plane")(patches)
    frozen_blocks = keras.Model(patches, convolutions(plane, lower, dense=dense), name=FROZEN)

    activations = keras.Input(frozen_blocks.output_shape[1:], name="activations")
    feature_maps, first = [], 0
    tensor = activations
    for last in [its.number for its in upper if its.number in TAPS] or [LAST_LAYER]:
        stretch = [layer for layer in upper if first < layer.number <= last]
        tensor, first = convolutions(tensor, stretch, dense=dense), last
        feature_maps.append(tensor)
    heads = map_heads(feature_maps, dropout)
    trained_blocks = keras.Model(activations, heads, name=TRAINED)
    for blocks, layers in ((frozen_blocks, lower), (trained_blocks, upper)):
        for layer in layers:
            blocks.get_layer(layer.name).set_weights([layer.kernel, layer.bias])
    return join(frozen_blocks, trained_blocks)


def build_on(name: str, weights: Path | None, cut: str | None, *, dropout: float) -> Any:
    """Build a patch network on another backbone.

    A pretrained backbone is frozen whole and the heads alone are trained; one without pretrained
    weights is trained whole.

    Args:
        name: of `training.backbones.registry`.
        weights: the backbone's.
        cut: where the backbone ends.
        dropout: rate on the embedding, during training only.

    Returns:
        As `build_network`; `evidence` only where the feature map is trained.

    Raises:
        BackboneError: see `Backbone.build`.
    """
    keras = load_keras()
    chosen = backbone(name)
    network = chosen.build(weights, cut)
    if not chosen.pretrained:
        patches = keras.Input(network.input_shape[1:], name="patches")
        same = keras.layers.Reshape(network.input_shape[1:], name="same")(patches)
        heads = map_heads([network.output], dropout)
        return join(
            keras.Model(patches, same, name=FROZEN), keras.Model(network.input, heads, name=TRAINED)
        )
    frozen_blocks = keras.Model(network.input, pooled(chosen, network.output), name=FROZEN)
    activations = keras.Input(frozen_blocks.output_shape[1:], name="activations")
    heads = embedding_heads(activations, dropout)
    return join(frozen_blocks, keras.Model(activations, heads, name=TRAINED))


def join(frozen_blocks: Any, trained_blocks: Any) -> Any:
    """The patch network of its two parts.

    Args:
        frozen_blocks: patches to activations, or to {"activations", "event": (batch,)}: an event
            is an output of the whole, too.
        trained_blocks: activations to the heads' outputs.
    """
    keras = load_keras()
    frozen_blocks.trainable = False
    patches = keras.Input(frozen_blocks.input_shape[1:], name="patches")
    heard = frozen_blocks(patches)
    if not isinstance(heard, dict):
        return keras.Model(patches, trained_blocks(heard), name="patch_network")
    outputs = {**trained_blocks(heard["activations"]), "event": heard["event"]}
    return keras.Model(patches, outputs, name="patch_network")


def to_activations(network: Any) -> Any:
    """The submodel from patches to the activations that the trained blocks take."""
    frozen_blocks = network.get_layer(FROZEN)
    outputs = frozen_blocks.output
    if not isinstance(outputs, dict):
        return frozen_blocks
    return load_keras().Model(frozen_blocks.input, outputs["activations"], name="to_activations")


def pretrained_embeddings(
    network: Any, activations: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """What YAMNet's own classifier sees of each patch: the mean of its last layer's cells.

    Args:
        network: of `build_network`, on patches of 96 frames, as YAMNet was pretrained.
        activations: of the frozen blocks.

    Returns:
        float64 (patches, channels).
    """
    blocks = network.get_layer(TRAINED)
    last = blocks.get_layer(f"layer{LAST_LAYER}").output
    maps = predict(load_keras().Model(blocks.input, last), activations)
    return np.asarray(maps.mean(axis=(1, 2)), dtype=np.float64)


def load_network(path: Path) -> Any:
    """Load a bundle's `network.keras`.

    Raises:
        BundleError: it cannot be read, or is not made by `build_network`.
    """
    keras = load_keras()
    try:
        network = keras.saving.load_model(path, compile=False)
        network.get_layer(FROZEN), network.get_layer(TRAINED)
    except (OSError, ValueError) as error:
        raise BundleError(f"{path.name} is not a patch network of this project") from error
    return network


def clip_network(trained_blocks: Any) -> Any:
    """The network over a whole clip that fine-tuning minimises the loss of.

    Args:
        trained_blocks: the submodel of `build_network`.

    Returns:
        keras.Model from {"activations": (batch, patches, ...) float32, "present": (batch, patches)
        float32, 1 for a patch and 0 for padding} to the clips' logits (batch,).
    """
    keras = load_keras()
    ops = keras.ops
    shape = trained_blocks.input_shape[1:]

    class PooledLogit(keras.layers.Layer):  # type: ignore[misc, name-defined]
        """Softmax over a clip's patches that are present, then the weighted mean of logits."""

        def __init__(self, blocks: Any) -> None:
            super().__init__(name="pooled_logit")
            self.blocks = blocks

        def call(self, activations: Any, present: Any, training: bool | None = None) -> Any:
            count = ops.shape(present)[1]
            outputs = self.blocks(ops.reshape(activations, (-1, *shape)), training=training)
            logits = ops.reshape(outputs["logit"], (-1, count))
            scores = ops.reshape(outputs["attention"], (-1, count))
            weights = ops.softmax(scores + (1.0 - present) * MASKED_SCORE, axis=1)
            return ops.sum(weights * logits, axis=1)

    activations = keras.Input((None, *shape), name="activations")
    present = keras.Input((None,), name="present")
    return keras.Model(
        {"activations": activations, "present": present},
        PooledLogit(trained_blocks)(activations, present),
        name="clip_network",
    )


def in_precision(trained_blocks: Any, precision: str) -> Any:
    """The trained blocks, their convolutions computed in a precision.

    Args:
        trained_blocks: the submodel of `build_network`.
        precision: `float32` gives the very blocks; `bfloat16` gives a copy with the same weights,
            kept in float32. The heads stay float32: a logit has more than eight bits.
    """
    if precision == "float32":
        return trained_blocks
    keras = load_keras()
    convolutional = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.DepthwiseConv2D)

    def copy(layer: Any) -> Any:
        options = layer.get_config()
        if isinstance(layer, convolutional) and not layer.name.startswith("logit_head"):
            options["dtype"] = f"mixed_{precision}"
        return layer.__class__.from_config(options)

    copied = keras.models.clone_model(trained_blocks, clone_function=copy)
    copied.set_weights(trained_blocks.get_weights())
    return copied
