"""The heads that are put on a backbone: a patch's logit with its evidence, and its attention score.

A patch is heard in *moments*, the cells of its coarsest feature map in time. Each moment has a
logit, the mean over its cells of a linear function of each, and an attention score. The patch's
logit is their mean, weighted by the softmax of the scores (Ilse et al. 2018); its own score is the
logarithm of the mean of their exponentials, so that the worker's softmax over patches is a softmax
over all moments of the recording. A cell's share of the logit is a
class-activation map (Zhou et al. 2016) that costs nothing: no gradients, and its cells sum to the
logit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from training.tensorflow_setup import load_keras


def map_heads(feature_maps: Sequence[Any], dropout: float) -> dict[str, Any]:
    """Heads on feature maps of one patch, coarse and fine.

    Args:
        feature_maps: Keras tensors (batch, time, bands, channels), or one of (batch, time,
            channels). The finest grid is the evidence's; it must be whole multiples of the others.
        dropout: rate on the channels, the same in all cells, during training only.

    Returns:
        `logit` (batch,), `attention` (batch,), and `evidence` (batch, time, bands), whose cells
        sum to the logit. Attention starts out even: the plain mean over all moments.
    """
    keras = load_keras()
    layers, ops = keras.layers, keras.ops
    maps = [_as_plane(layers, its) for its in feature_maps]
    time, bands = (max(its.shape[axis] for its in maps) for axis in (1, 2))
    moments = min(its.shape[1] for its in maps)
    cells, embeddings = [], []
    for number, its in enumerate(maps):
        kept = layers.SpatialDropout2D(dropout, name=f"dropout{number}")(its)
        pool = (its.shape[1] // moments, its.shape[2])
        embeddings.append(layers.AveragePooling2D(pool, name=f"embedding{number}")(kept))
        # One bias is enough: the first map's.
        head = layers.Conv2D(1, 1, use_bias=number == 0, name=f"logit_head{number}")
        size = (time // its.shape[1], bands // its.shape[2])
        cells.append(layers.UpSampling2D(size, name=f"cells{number}")(head(kept)))
    total = layers.Add(name="cells")(cells) if len(cells) > 1 else cells[0]
    together = layers.Concatenate(name="embedding")
    embedding = together(embeddings) if len(embeddings) > 1 else embeddings[0]
    scores = layers.Conv2D(1, 1, kernel_initializer="zeros", use_bias=False, name="attention_head")(
        embedding
    )
    weights = layers.Softmax(axis=1, name="weights")(scores)
    finely = layers.UpSampling2D((time // moments, bands), name="finely")(weights)
    shares = layers.Rescaling(moments / (time * bands), name="shares")(
        layers.Multiply(name="weighted")([finely, total])
    )
    evidence = layers.Reshape((time, bands), name="evidence")(shares)
    flat = layers.Reshape((moments,), name="scores")(scores)
    return {
        "logit": _named(ops.sum(evidence, axis=(1, 2)), "logit"),
        "attention": _named(
            ops.subtract(_named(ops.logsumexp(flat, axis=1), "level"), math.log(moments)),
            "attention",
        ),
        "evidence": evidence,
    }


def _named(tensor: Any, name: str) -> Any:
    """The tensor; the operation that gives it gets a name, so that the same network gives the same
    file: Keras counts those without."""
    tensor._keras_history.operation.name = name
    return tensor


def _as_plane(layers: Any, feature_map: Any) -> Any:
    if len(feature_map.shape) == 4:
        return feature_map
    time, channels = feature_map.shape[1:]
    return layers.Reshape((time, 1, channels), name="one_band")(feature_map)


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
