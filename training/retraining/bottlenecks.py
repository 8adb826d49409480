"""Samples → bottlenecks: each passes the frozen network once, ever.

A bottleneck is what the network says of a clip before the new layer: the mean over the clip's
patches of its pooled feature map. They are kept in a folder under the hash of all that they come
from, so that a second run, with other steps or rates, starts to train at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from shared.bundle import FrontEnd
from training.fitting.feature_cache import FeatureCache, key_of
from training.retraining.pictures import front_end_sha256
from training.retraining.samples import Sample

Bottlenecks = npt.NDArray[np.float32]

_BATCH = 16  # samples that pass the network together
# To be raised when the same files come to give other bottlenecks.
_REVISION = 1


def network_sha256(network: Any) -> str:
    """Hash of a network's layers' weights: of where they came from, nothing remains."""
    digest = hashlib.sha256()
    for weight in network.get_weights():
        digest.update(repr((weight.shape, str(weight.dtype))).encode())
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()


def read_bottlenecks(
    samples: Sequence[Sample],
    embedder: Any,
    front_end: FrontEnd,
    folder: Path,
    *,
    architecture: str,
    cut: str | None,
) -> Bottlenecks:
    """Each sample's bottleneck, computed in batches where it is not kept yet, with progress.

    Args:
        samples: in any order.
        embedder: Keras model from patches to (batch, channels).
        front_end: of the patches.
        folder: where they are kept.
        architecture: the network's name.
        cut: where it was cut.

    Returns:
        float32 (samples, channels).

    Raises:
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    cache = FeatureCache(folder)
    origin = {
        "revision": _REVISION,
        "architecture": architecture,
        "cut": cut,
        "weights": network_sha256(embedder),
        "front_end": front_end_sha256(front_end),
    }
    keys = [key_of({**origin, "sample": sample.sha256}) for sample in samples]
    kept = {key: cache.get(key) for key in set(keys)}
    missing = [i for i, key in enumerate(keys) if kept[key] is None]
    if missing:
        run = _compiled(embedder)
        with tqdm(total=len(missing), desc="bottlenecks", unit="clip") as bar:
            for start in range(0, len(missing), _BATCH):
                chosen = missing[start : start + _BATCH]
                computed = _embed([samples[i] for i in chosen], run)
                for index, bottleneck in zip(chosen, computed, strict=True):
                    cache.put(keys[index], bottleneck)
                    kept[keys[index]] = bottleneck
                bar.update(len(chosen))
    return np.stack([np.asarray(kept[key], dtype=np.float32) for key in keys])


def _compiled(embedder: Any) -> Any:
    """The embedder as one graph that takes any number of patches without being traced anew."""
    import tensorflow as tf

    shape = (None, *embedder.input_shape[1:])
    return tf.function(
        lambda patches: embedder(patches, training=False),
        input_signature=[tf.TensorSpec(shape, tf.float32)],
    )


def _embed(samples: Sequence[Sample], run: Any) -> list[Bottlenecks]:
    patches = np.concatenate([sample.patches for sample in samples])
    outputs = np.concatenate(
        [run(patches[start : start + _BATCH]).numpy() for start in range(0, len(patches), _BATCH)]
    )
    borders = np.cumsum([len(sample.patches) for sample in samples])[:-1]
    return [np.asarray(its.mean(axis=0), np.float32) for its in np.split(outputs, borders)]
