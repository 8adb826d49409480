"""Parts of a card in words."""

from __future__ import annotations

import re

from shared.bundle import Calibration, Card, Doubts, FrontEnd
from training.bundles.markdown import sentence

_FIGURES = {
    "auc": "AUC",
    "average_precision": "average precision (area under precision and recall)",
    "expected_calibration_error": "expected calibration error (10 bins)",
    "brier_score": "Brier score",
    "majority_class_accuracy": "always the more frequent class: accuracy",
    "peak_level_auc": "peak level alone: AUC",
    "label_noise": "share of the labels that may be wrong (confident learning; an upper guess)",
    "accuracy_ceiling": "accuracy of somebody who hears perfectly, if so many labels are wrong",
    "auc_ceiling": "AUC of the plain yes and no of somebody who hears perfectly, likewise",
    "yamnet_untouched_auc": "YAMNet untouched, max(Cough, Sneeze): AUC",
}
_ACRONYMS = {"auc": "AUC", "mfcc": "MFCC", "snr": "SNR", "db": "dB", "mp3": "MP3", "ece": "ECE"}


# How `devices` names what it measures, and what that means.
_BY_DEVICE = (
    (r"auc_within_(.+)", "AUC, trained and tested within {0}"),
    (r"auc_(.+)_to_(.+)", "AUC, trained on {0}, tested on {1}"),
    (r"(.+_alone)_auc_within_(.+)", "{0}: AUC within {1}"),
    (r"(.+_alone)_auc", "{0}: AUC"),
)


def figure_name(name: str) -> str:
    """What a figure's key means: `peak_level_auc` is "peak level alone: AUC"."""
    for pattern, meaning in _BY_DEVICE:
        if found := re.fullmatch(pattern, name):
            return meaning.format(*(its.replace("_", " ") for its in found.groups()))
    words = (_ACRONYMS.get(word, word) for word in name.split("_"))
    return _FIGURES.get(name, " ".join(words))


def input_words(front_end: FrontEnd) -> str:
    """What becomes of the decoded samples, up to the network's input."""
    level = front_end.level
    steps = [f"{front_end.sample_rate} Hz mono"]
    steps.append(
        "level as it is"
        if level.method == "none"
        else f"level by {level.method} to {level.target_dbfs:g} dBFS"
    )
    if front_end.features == "waveform":
        steps.append(f"frames of {front_end.hop_length} samples")
    else:
        steps.append(
            f"window {front_end.window_length}, hop {front_end.hop_length}, FFT "
            f"{front_end.fft_length}, {front_end.mel_bands} mel bands ({front_end.mel_scale}) from "
            f"{front_end.fmin_hz:g} to {front_end.fmax_hz:g} Hz, natural logarithm of mel + "
            f"{front_end.log_offset:g}"
        )
    if front_end.features == "mfcc":
        steps.append(
            f"{front_end.mfcc_coefficients} cepstral coefficients, their first and their second "
            "differences"
        )
    if front_end.picture:
        steps.append(
            f"as a picture's levels 0 to 255 from {front_end.picture.low:g} to "
            f"{front_end.picture.high:g}"
        )
    return "; ".join(steps)


def calibration_words(calibration: Calibration, of: str = "logit") -> str:
    """Platt's formula with its two numbers."""
    return (
        f"sigmoid(scale × {of} + offset), scale {calibration.scale:.4f}, "
        f"offset {calibration.offset:.4f}"
    )


def decision_words(card: Card) -> str:
    """From probability to answer."""
    return (
        f"P(sick) = {calibration_words(card.calibration)}; `sick` when it is at least "
        f"{card.threshold:g}."
    )


def doubts_words(doubts: Doubts | None) -> str:
    """When a result is warned of as doubtful."""
    if doubts is None:
        return "It has no thresholds of doubt: it always answers without such a warning."
    event = (
        f"{calibration_words(doubts.event, 'greatest `event` logit of the patches')}"
        if doubts.event
        else "P(sick) itself"
    )
    return (
        f"`uncertain` when {doubts.uncertain_from:g} ≤ P(sick) < {doubts.uncertain_to:g}; "
        f"`no_cough_or_sneeze_heard` when P(a cough or a sneeze) < {doubts.event_below:g}, which "
        f"is {event}. {sentence(doubts.chosen)}"
    )


def evidence_words(card: Card) -> str:
    """The grid that the network explains itself by."""
    grid, front_end = card.network.evidence, card.front_end
    if grid is None:
        return "It gives no evidence beside its attention over patches."
    seconds = front_end.patch_frames * front_end.hop_length / front_end.sample_rate
    return (
        f"Each patch comes with its evidence, a class-activation map (Zhou et al. 2016) of "
        f"{grid.time_cells} × {grid.band_cells} cells, each {seconds / grid.time_cells:.2f} s × "
        f"{front_end.feature_width / grid.band_cells:g} of {front_end.feature_width} "
        f"{_WIDTHS[front_end.features]}; a patch's cells sum to its logit. It shows where the "
        "network looked, not why somebody coughs."
    )


_WIDTHS = {"logmel": "mel bands", "mfcc": "coefficients", "waveform": "samples"}
