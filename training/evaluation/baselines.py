"""Baselines that cost nothing: what a figure must beat to mean anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.bundle import Figure
from training.backbones.yamnet import COUGH, LAST_LAYER, SNEEZE, YamnetWeights, read_weights
from training.evaluation.metrics import Labels, accuracy, auc, with_interval
from training.fitting.calibration import sigmoid
from training.fitting.features import Activations, predict
from training.fitting.network import FROZEN, build_network, pretrained_embeddings
from training.front_end import YAMNET_FRONT_END
from worker.features import waveform_to_patches
from worker.spectrogram import Waveform


def baseline_figures(
    waveforms: Sequence[Waveform],
    labels: Labels,
    sources: Sequence[str],
    untouched: npt.NDArray[np.float64] | None,
) -> dict[str, Figure]:
    """Majority class, peak level alone, and YAMNet untouched.

    Args:
        waveforms: as decoded, before level normalisation.
        labels: float32 (clips,).
        sources: of each clip.
        untouched: of `untouched_scores`, or None where there is no untouched YAMNet.
    """
    majority = np.full(len(labels), float(labels.mean() >= 0.5))
    peaks = np.array([np.abs(waveform).max(initial=0.0) for waveform in waveforms], dtype=float)
    figures = {
        "majority_class_accuracy": with_interval(accuracy, labels, majority, sources),
        "peak_level_auc": with_interval(auc, labels, peaks, sources),
    }
    if untouched is not None:
        figures["yamnet_untouched_auc"] = with_interval(auc, labels, untouched, sources)
    return figures


def untouched_scores(
    network: Any, weights: YamnetWeights, clips: Sequence[Activations]
) -> npt.NDArray[np.float64]:
    """YAMNet's own probability of a cough or a sneeze: the greatest over classes and patches.

    Args:
        network: the patch network with YAMNet's weights, not fine-tuned.
        weights: YAMNet's, for its classifier.
        clips: clean activations of each clip.

    Returns:
        float64 (clips,), 0 to 1.
    """
    embeddings = pretrained_embeddings(network, np.concatenate(clips).astype(np.float32))
    rows = [COUGH, SNEEZE]
    logits = embeddings @ weights.classifier_kernel[:, rows] + weights.classifier_bias[rows]
    borders = np.cumsum([len(clip) for clip in clips])[:-1]
    return np.array([scores.max() for scores in np.split(sigmoid(logits), borders)])


def untouched_opinion(weights_file: Path, waveforms: Sequence[Waveform]) -> npt.NDArray[np.float64]:
    """`untouched_scores` of recordings, from YAMNet's published file.

    Args:
        weights_file: YAMNet's int8 LiteRT file.
        waveforms: float32 (samples,) each, at YAMNet's sample rate.

    Returns:
        float64 (clips,), 0 to 1.

    Raises:
        BundleError: the file is not YAMNet.
    """
    weights = read_weights(weights_file)
    network = build_network(weights, first_trained=LAST_LAYER, dropout=0.0)
    clips = [waveform_to_patches(its, YAMNET_FRONT_END) for its in waveforms]
    activations = predict(network.get_layer(FROZEN), np.concatenate(clips))
    borders = np.cumsum([len(clip) for clip in clips])[:-1]
    return untouched_scores(network, weights, np.split(activations, borders))
