"""The command `agreement`: how well the Keras YAMNet agrees with the int8 file it comes from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.backbones.published_yamnet import published_probabilities
from training.backbones.yamnet import COUGH, LAST_LAYER, SNEEZE, read_weights
from training.fitting.calibration import sigmoid
from training.fitting.features import predict
from training.fitting.network import FROZEN, build_network, pretrained_embeddings
from worker.spectrogram import Patches


def measure_agreement(weights_file: Path, patches: Patches) -> dict[str, float]:
    """Compare both networks' 521 class probabilities.

    What remains between them is the int8 file's rounding of its activations; the rebuilt network
    has the same weights and computes in float32.

    Args:
        weights_file: YAMNet's int8 LiteRT file.
        patches: float32 (patches, 96, 64), real ones.

    Returns:
        Mean and greatest absolute difference, correlation, the share of patches with the same
        most probable class, and the mean difference and correlation for cough and sneeze alone.

    Raises:
        BundleError: the file is not YAMNet.
    """
    original = published_probabilities(weights_file, patches)
    weights = read_weights(weights_file)
    network = build_network(weights, first_trained=LAST_LAYER, dropout=0.0)
    embedding = pretrained_embeddings(network, predict(network.get_layer(FROZEN), patches))
    rebuilt = sigmoid(embedding @ weights.classifier_kernel + weights.classifier_bias)

    difference = np.abs(original - rebuilt)
    wanted = [COUGH, SNEEZE]
    return {
        "patches": float(len(patches)),
        "mean_difference": float(difference.mean()),
        "greatest_difference": float(difference.max()),
        "correlation": _correlation(original, rebuilt),
        "same_top_class": float(np.mean(original.argmax(1) == rebuilt.argmax(1))),
        "cough_sneeze_mean_difference": float(difference[:, wanted].mean()),
        "cough_sneeze_correlation": _correlation(original[:, wanted], rebuilt[:, wanted]),
    }


def _correlation(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
