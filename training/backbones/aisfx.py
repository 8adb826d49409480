"""aiSFX: a convolutional network on mel spectrograms, pretrained on sound-effect libraries.

Ma et al. 2022, "Representation Learning for the Automatic Indexing of Sound Effects Libraries"
(ISMIR), after Kong et al.'s nine-layer network (2018): four blocks of two 3x3 convolutions and a
maximum pool. Its embedding is the mean over bands, then the maximum over time, of the feature map.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from shared.bundle import FrontEnd
from training.backbones.errors import BackboneError
from training.backbones.folding import fold
from training.backbones.installed import packaged_weights
from training.backbones.pictures import as_log_mel
from training.backbones.torch_checkpoint import read_tensors
from training.tensorflow_setup import load_keras
from worker.spectrogram import mel_filters

PACKAGE = "pip install --no-deps aisfx==0.1.2"
BLOCKS = 4
# The package scales log10(1 + 10000 * mel) by the largest value of its training data.
_LARGEST = 9.457798957824707
_EPSILON = 1e-5


def aisfx(weights: Path | None, cut: str | None, front_end: FrontEnd) -> Any:
    """aiSFX's embedding network before its pooling.

    The package's mel filters each sum to one, the worker's have the height one: the model turns
    the worker's logarithm back, scales each band, and takes the package's logarithm.

    Args:
        weights: the package's `checkpoint.pth`; None: that of the installed package `aisfx`.
        cut: the block to end with, `block1` (50 x 48 x 64) to `block4`; None: the last
            (12 x 12 x 512).
        front_end: of the patches; its filters and logarithm are those of
            `training.backbones.front_ends.AISFX_FRONT_END`.

    Returns:
        keras.Model from patches to a feature map, see `training.backbones.registry`.

    Raises:
        BackboneError: the weights are not there or of another network, or the cut is unknown.
    """
    cuts = [f"block{number}" for number in range(1, BLOCKS + 1)]
    if cut is not None and cut not in cuts:
        raise BackboneError(f"aisfx has no {cut!r}; cut at {', '.join(cuts)}")
    path = weights or packaged_weights("aisfx", "aisfx", "models/checkpoint.pth", PACKAGE)
    tensors = read_tensors(path)
    keras = load_keras()
    patches = keras.Input((front_end.patch_frames, front_end.mel_bands), name="patches")
    x = _as_the_package_sees(patches, front_end)
    try:
        for number in range(1, (cuts.index(cut) + 1 if cut else BLOCKS) + 1):
            prefix = f"embedding_net.conv_block{number}."
            for part in (1, 2):
                folded = fold(tensors, f"{prefix}conv{part}", f"{prefix}bn{part}", epsilon=_EPSILON)
                layer = keras.layers.Conv2D(
                    folded.kernel.shape[3],
                    folded.kernel.shape[:2],
                    padding="same",
                    activation="relu",
                    name=f"block{number}_convolution{part}",
                )
                x = layer(x)
                layer.set_weights([folded.kernel, folded.bias])
            if number < BLOCKS:
                x = keras.layers.MaxPooling2D(2, name=f"block{number}")(x)
    except (KeyError, ValueError) as error:
        raise BackboneError(f"{path.name} does not hold aiSFX: {error}") from error
    return keras.Model(patches, x, name="aisfx_on_patches")


def _as_the_package_sees(patches: Any, front_end: FrontEnd) -> Any:
    """log10(1 + 10000 * mel) / 9.46 from log(mel + offset) + shift; (batch, time, bands, 1)."""
    keras = load_keras()
    ops = keras.ops
    areas = mel_filters(front_end).sum(axis=1)
    gains = (1e4 / np.maximum(areas, 1e-12)).astype(np.float32)
    log_mel = as_log_mel(patches, front_end)
    mel = ops.exp(log_mel - front_end.log_shift) - front_end.log_offset
    levels = ops.log(1.0 + ops.maximum(mel, 0.0) * gains) * (1.0 / (math.log(10.0) * _LARGEST))
    return keras.layers.Reshape((front_end.patch_frames, front_end.mel_bands, 1))(levels)
