"""What very simple models get out of the same clips: out of fold, in the same folds.

A figure means little until one knows what level, duration or the file's header alone would give.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.bundle import FrontEnd
from training.evaluation.examined import Examined
from training.evaluation.metrics import Labels, Scores
from worker.audio.decoding import Decoded
from worker.audio.level import normalise_level
from worker.features import compute_features
from worker.spectrogram import Waveform

Columns = npt.NDArray[np.float64]

_FLOOR = 1e-5  # -100 dB: digital silence has a level too


def out_of_fold(columns: Columns, labels: Labels, folds: npt.NDArray[np.intp]) -> Scores:
    """Logistic regression on standardised columns, fitted on the other folds for each clip.

    Args:
        columns: (clips, features), of each clip's own recording alone.
        labels: (clips,), 0 or 1; those of a fold have no part in that fold's probabilities.
        folds: (clips,).

    Returns:
        P(sick), (clips,).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probabilities = np.empty(len(labels))
    for fold in np.unique(folds):
        train, test = folds != fold, folds == fold
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
        model.fit(columns[train], labels[train] > 0)
        probabilities[test] = model.predict_proba(columns[test])[:, 1]
    return probabilities


def level_columns(waveforms: Sequence[Waveform]) -> Columns:
    """Peak and root mean square of each clip in dB of full scale, (clips, 2)."""
    peaks = [np.abs(its).max(initial=0.0) for its in waveforms]
    powers = [np.square(its, dtype=np.float64).mean() if len(its) else 0.0 for its in waveforms]
    levels = np.stack([np.asarray(peaks, dtype=np.float64), np.sqrt(powers)], axis=1)
    return np.asarray(20 * np.log10(levels + _FLOOR))


def noise_floor_columns(waveforms: Sequence[Waveform], front_end: FrontEnd) -> Columns:
    """How loud each clip is where it is quietest, in dB of full scale, (clips, 1).

    Args:
        waveforms: float32 (samples,) each, level not normalised: the 10th percentile of the power
            of windows is taken.
        front_end: whose windows.
    """
    floors = []
    for its in waveforms:
        missing = max(0, front_end.window_length - len(its))
        windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(its.astype(np.float64), (0, missing)), front_end.window_length
        )
        powers = np.square(windows[:: front_end.hop_length]).mean(axis=1)
        floors.append(np.percentile(powers, 10))
    return np.asarray(20 * np.log10(np.sqrt(floors) + _FLOOR))[:, None]


def duration_columns(recordings: Sequence[Decoded]) -> Columns:
    """Seconds of each file and their logarithm, (clips, 2)."""
    seconds = np.array([recording.duration_s for recording in recordings])
    return np.stack([seconds, np.log(seconds)], axis=1)


def metadata_columns(recordings: Sequence[Decoded], devices: Sequence[str] | None) -> Columns:
    """What can be told without listening, one-hot: codec, sample rate, channels, device.

    Args:
        recordings: as their files describe themselves.
        devices: of each clip, where the data tell.

    Returns:
        (clips, distinct values).
    """
    fields: list[Sequence[str]] = [
        [recording.format for recording in recordings],
        [str(recording.sample_rate) for recording in recordings],
        [str(recording.channels) for recording in recordings],
        *([devices] if devices is not None else []),
    ]
    return np.concatenate([one_hot(values) for values in fields], axis=1)


def one_hot(values: Sequence[str]) -> Columns:
    """A column for each distinct value, 1 where a clip has it, (clips, distinct values)."""
    equal: npt.NDArray[np.bool_] = np.equal(np.asarray(values)[:, None], np.unique(values)[None])
    return equal.astype(np.float64)


def mfcc_columns(waveforms: Sequence[Waveform], front_end: FrontEnd) -> Columns:
    """Mean and standard deviation over time of the MFCC and their differences.

    Args:
        waveforms: float32 (samples,) each, at the front end's rate.
        front_end: whose level, window and mel bands are used.

    Returns:
        (clips, 6 * mfcc_coefficients).
    """
    mfcc = front_end.model_copy(update={"features": "mfcc", "picture": None})
    features = (compute_features(normalise_level(its, mfcc.level), mfcc) for its in waveforms)
    return np.stack([np.concatenate([f.mean(axis=0), f.std(axis=0)]) for f in features]).astype(
        np.float64
    )


def simple_model_probabilities(examined: Examined, front_end: FrontEnd) -> dict[str, Scores]:
    """P(sick) by each simple model, out of fold.

    Args:
        examined: the clips and their folds.
        front_end: for the MFCC.

    Returns:
        By name: `majority_class` (the share of sick clips, whatever is heard), `level_alone`,
        `duration_alone`, `metadata_alone`, `mfcc_statistics`; (clips,) each.
    """
    labels = examined.labels
    columns = {
        "level_alone": level_columns(examined.waveforms),
        "duration_alone": duration_columns(examined.recordings),
        "metadata_alone": metadata_columns(examined.recordings, examined.devices),
        "mfcc_statistics": mfcc_columns(examined.waveforms, front_end),
    }
    return {
        # The share of all clips: each fold's own would rank the folds, by chance the wrong way.
        "majority_class": np.full(len(labels), float(labels.mean())),
        **{name: out_of_fold(its, labels, examined.folds) for name, its in columns.items()},
    }
