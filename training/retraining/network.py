"""The networks around a backbone: embedder before it is trained, patch network after."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from training.backbones.registry import Backbone, pooled
from training.tensorflow_setup import load_keras

Floats = npt.NDArray[np.float32]

CLASSES = ("not sick", "sick")  # in the order of the softmax: a label is its row
FINAL_RESULT = "final_result"  # the output's name ever since retrain.py


def embedder_of(chosen: Backbone, network: Any) -> Any:
    """The backbone with its pooling: keras.Model from patches to (batch, channels)."""
    return load_keras().Model(network.input, pooled(chosen, network.output), name="embedder")


def softmax_network(embedder: Any, kernel: Floats, bias: Floats) -> Any:
    """Patches → probabilities of the classes, as the old retrained graph gave them.

    Args:
        embedder: of `embedder_of`.
        kernel: (channels, 2), the new layer's.
        bias: (2,).

    Returns:
        keras.Model from `patches` to `final_result`, float32 (batch, 2), in the order of CLASSES.
    """
    keras = load_keras()
    head = keras.layers.Dense(len(CLASSES), activation="softmax", name=FINAL_RESULT)
    network = keras.Model(embedder.input, head(embedder.output), name="retrained")
    head.set_weights([kernel, bias])
    return network


def patch_network(embedder: Any, kernel: Floats, bias: Floats) -> Any:
    """Patches → logit and attention, as a bundle's network gives them.

    The softmax over two classes is the sigmoid of the difference of their logits. The attention
    is the same for all patches: the clip's logit is the mean of its patches', which is that of
    its bottleneck.

    Args:
        embedder: of `embedder_of`.
        kernel: (channels, 2).
        bias: (2,).

    Returns:
        keras.Model from `patches` to {"logit": (batch,), "attention": (batch,)}.
    """
    keras = load_keras()
    logit = keras.layers.Dense(1, name="logit_head")
    attention = keras.layers.Dense(
        1, kernel_initializer="zeros", use_bias=False, name="attention_head"
    )
    outputs = {
        "logit": keras.layers.Reshape((), name="logit")(logit(embedder.output)),
        "attention": keras.layers.Reshape((), name="attention")(attention(embedder.output)),
    }
    network = keras.Model(embedder.input, outputs, name="patch_network")
    logit.set_weights([kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1]])
    return network
