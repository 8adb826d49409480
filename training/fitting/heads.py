"""The heads that are put on a backbone: a patch's logit with its evidence, and its attention score.

The logit is the mean over the feature maps' cells of a linear function of each cell, which equals
a linear function of the mean embeddings. So a cell's share of the logit is a class-activation map
(Zhou et al. 2016) that costs nothing: no gradients, and its cells sum to the logit.
"""

from __future__ import annotations

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
        sum to the logit. Attention starts at zero, which is the plain mean over patches.
    """
    layers = load_keras().layers
    maps = [_as_plane(layers, its) for its in feature_maps]
    time, bands = (max(its.shape[axis] for its in maps) for axis in (1, 2))
    cells, embeddings = [], []
    for number, its in enumerate(maps):
        kept = layers.SpatialDropout2D(dropout, name=f"dropout{number}")(its)
        name = "embedding" if len(maps) == 1 else f"embedding{number}"
        embeddings.append(layers.GlobalAveragePooling2D(name=name)(kept))
        # One bias is enough: the first map's.
        head = layers.Conv2D(1, 1, use_bias=number == 0, name=f"logit_head{number}")
        size = (time // its.shape[1], bands // its.shape[2])
        cells.append(layers.UpSampling2D(size, name=f"cells{number}")(head(kept)))
    total = layers.Add(name="cells")(cells) if len(cells) > 1 else cells[0]
    embedding = (
        layers.Concatenate(name="embedding")(embeddings) if len(embeddings) > 1 else embeddings[0]
    )
    mean = layers.GlobalAveragePooling2D(name="mean_cell")(total)
    shares = layers.Rescaling(1.0 / (time * bands), name="shares")(total)
    return {
        "logit": layers.Reshape((), name="logit")(mean),
        "attention": _attention(layers, embedding),
        "evidence": layers.Reshape((time, bands), name="evidence")(shares),
    }


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
