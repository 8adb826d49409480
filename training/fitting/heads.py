"""The heads that are put on a backbone: a patch's logit with its evidence, and its attention score.

The logit is the mean over the feature map's cells of a linear function of each cell, which equals
a linear function of the mean embedding. So a cell's share of the logit is a class-activation map
(Zhou et al. 2016) that costs nothing: no gradients, and its cells sum to the logit.
"""

from __future__ import annotations

from typing import Any

from training.tensorflow_setup import load_keras


def map_heads(feature_map: Any, dropout: float) -> dict[str, Any]:
    """Heads on a feature map.

    Args:
        feature_map: a Keras tensor (batch, time, bands, channels) or (batch, time, channels).
        dropout: rate on the channels, the same in all cells, during training only.

    Returns:
        `logit` (batch,), `attention` (batch,), and `evidence` (batch, time, bands), whose cells
        sum to the logit. Attention starts at zero, which is the plain mean over patches.
    """
    keras = load_keras()
    layers = keras.layers
    if len(feature_map.shape) == 3:
        time, channels = feature_map.shape[1:]
        feature_map = layers.Reshape((time, 1, channels), name="one_band")(feature_map)
    time, bands = feature_map.shape[1:3]
    kept = layers.SpatialDropout2D(dropout, name="dropout")(feature_map)
    cells = layers.Conv2D(1, 1, name="logit_head")(kept)
    shares = layers.Rescaling(1.0 / (time * bands), name="shares")(cells)
    embedding = layers.GlobalAveragePooling2D(name="embedding")(kept)
    return {
        "logit": layers.Reshape((), name="logit")(layers.GlobalAveragePooling2D()(cells)),
        "attention": _attention(layers, embedding),
        "evidence": layers.Reshape((time, bands), name="evidence")(shares),
    }


def embedding_heads(embedding: Any, dropout: float) -> dict[str, Any]:
    """Heads on embeddings that were pooled already: `logit` and `attention`, no evidence.

    Args:
        embedding: a Keras tensor (batch, channels).
        dropout: rate on the channels, during training only.
    """
    layers = load_keras().layers
    # Pretrained channels differ in scale by orders of magnitude; their first batches tell it.
    scaled = layers.BatchNormalization(scale=False, center=False, name="scaled")(embedding)
    kept = layers.Dropout(dropout, name="dropout")(scaled)
    logit = layers.Dense(1, name="logit_head")(kept)
    return {
        "logit": layers.Reshape((), name="logit")(logit),
        "attention": _attention(layers, kept),
    }


def _attention(layers: Any, embedding: Any) -> Any:
    scores = layers.Dense(1, kernel_initializer="zeros", use_bias=False, name="attention_head")
    return layers.Reshape((), name="attention")(scores(embedding))
