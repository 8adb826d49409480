"""The Keras network: YAMNet's frozen lower blocks, its fine-tuned upper blocks, and two heads.

For each patch the network gives a logit of being sick and an attention score. A clip's logit is
the attention-weighted mean of its patches' logits (attention-based multiple-instance pooling: Ilse
et al. 2018). With linear heads that equals one linear head on the attention-pooled embedding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.errors import BundleError
from training.backbones.yamnet import PATCH_SHAPE, Layer, YamnetWeights, read_weights
from training.tensorflow_setup import load_keras

FROZEN = "frozen_blocks"
TRAINED = "trained_blocks"
MASKED_SCORE = -1e9


def build_network(weights: YamnetWeights, *, first_trained: int, dropout: float) -> Any:
    """Build the patch network from YAMNet's weights.

    Args:
        weights: YAMNet's.
        first_trained: the first layer (2 to 27) that fine-tuning may change.
        dropout: rate on the embedding, during training only.

    Returns:
        keras.Model from `patches` (batch, 96, 64) to {"logit": (batch,), "attention": (batch,)},
        made of the submodels `frozen_blocks` and `trained_blocks`.
    """
    keras = load_keras()
    lower = [layer for layer in weights.layers if layer.number < first_trained]
    upper = [layer for layer in weights.layers if layer.number >= first_trained]

    patches = keras.Input(PATCH_SHAPE, name="patches")
    frozen = _convolutions(
        keras, keras.layers.Reshape((*PATCH_SHAPE, 1), name="plane")(patches), lower
    )
    frozen_blocks = keras.Model(patches, frozen, name=FROZEN)
    frozen_blocks.trainable = False

    activations = keras.Input(frozen.shape[1:], name="activations")
    embedding = keras.layers.GlobalAveragePooling2D(name="embedding")(
        _convolutions(keras, activations, upper)
    )
    trained_blocks = keras.Model(
        activations,
        _heads(keras, keras.layers.Dropout(dropout, name="dropout")(embedding)),
        name=TRAINED,
    )
    for blocks, layers in ((frozen_blocks, lower), (trained_blocks, upper)):
        for layer in layers:
            blocks.get_layer(layer.name).set_weights([layer.kernel, layer.bias])
    outputs = trained_blocks(frozen_blocks(patches))
    return keras.Model(patches, outputs, name="patch_network")


def _convolutions(keras: Any, tensor: Any, layers: list[Layer]) -> Any:
    for layer in layers:
        options: dict[str, Any] = {
            "strides": layer.stride,
            "padding": "same",
            "activation": "relu6",
            "name": layer.name,
        }
        size = layer.kernel.shape[:2]
        if layer.kind == "depthwise":
            tensor = keras.layers.DepthwiseConv2D(size, **options)(tensor)
        else:
            tensor = keras.layers.Conv2D(layer.kernel.shape[3], size, **options)(tensor)
    return tensor


def _heads(keras: Any, embedding: Any) -> dict[str, Any]:
    """Two linear heads; attention starts at zero, which is the plain mean over patches."""
    logit = keras.layers.Dense(1, name="logit_head")(embedding)
    attention = keras.layers.Dense(
        1, kernel_initializer="zeros", use_bias=False, name="attention_head"
    )(embedding)
    flatten = keras.layers.Reshape
    return {
        "logit": flatten((), name="logit")(logit),
        "attention": flatten((), name="attention")(attention),
    }


def start_network(
    weights: Path, *, first_trained: int, dropout: float, seed: int, threads: int
) -> Any:
    """The network that fine-tuning starts from.

    Args:
        weights: YAMNet's int8 LiteRT file (`.tflite`), or a bundle's `network.keras` to go on
            training; the latter brings its own split into frozen and trained layers.
        first_trained: see `build_network`.
        dropout: see `build_network`.
        seed: of the new heads' weights.
        threads: see `load_keras`.

    Raises:
        BundleError: the file is of neither kind, or cannot be read.
    """
    load_keras(threads=threads).utils.set_random_seed(seed)
    if weights.suffix == ".tflite":
        return build_network(read_weights(weights), first_trained=first_trained, dropout=dropout)
    if weights.suffix == ".keras":
        return load_network(weights)
    raise BundleError(f"{weights.name} is neither a .tflite nor a .keras file")


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
