"""Waveform → features → patches, as the bundle's card says: what any network here is fed.

Three kinds of features: the log-mel spectrogram (or the grey levels of a picture of it), MFCC with
their differences, and the samples themselves, cut into frames.
"""

from __future__ import annotations

import librosa
import numpy as np
import numpy.typing as npt

from shared.bundle import FrontEnd, Picture
from worker.audio.level import normalise_level
from worker.spectrogram import (
    LogMelSpectrogram,
    Patches,
    Waveform,
    log_mel_of_silence,
    log_mel_spectrogram,
)

Features = npt.NDArray[np.float32]

_WHITE = 255.0
_DELTA_FRAMES = 9  # librosa's own


def waveform_to_patches(waveform: Waveform, front_end: FrontEnd) -> Patches:
    """The whole front end: level, features, patches.

    Args:
        waveform: float32 (samples,), full scale ±1, at `front_end.sample_rate`.
        front_end: the bundle's parameters.

    Returns:
        float32 (patches, patch_frames, feature_width), at least one patch.
    """
    levelled = normalise_level(waveform, front_end.level)
    return cut_patches(compute_features(levelled, front_end), front_end)


def compute_features(waveform: Waveform, front_end: FrontEnd) -> Features:
    """The features that the card asks for, of a waveform whose level is normalised already.

    - `logmel`: see `log_mel_spectrogram`; with a `picture`, its grey levels, see `grey_levels`.
    - `mfcc`: see `mfcc_with_differences`.
    - `waveform`: the samples, `hop_length` a frame, without overlap; zeros fill the last frame.

    Returns:
        float32 (frames, feature_width), at least one frame.
    """
    if front_end.features == "waveform":
        return _frames_of_samples(waveform, front_end.hop_length)
    log_mel = log_mel_spectrogram(waveform, front_end)
    if front_end.features == "mfcc":
        return mfcc_with_differences(log_mel, front_end.mfcc_coefficients)
    return log_mel if front_end.picture is None else grey_levels(log_mel, front_end.picture)


def cut_patches(features: Features, front_end: FrontEnd) -> Patches:
    """Cut features into overlapping patches; the end is padded with silence, never dropped.

    Args:
        features: float32 (frames, feature_width), at least one frame.
        front_end: the bundle's parameters.

    Returns:
        float32 (patches, patch_frames, feature_width), at least one patch.
    """
    frames, width = features.shape
    length, hop = front_end.patch_frames, front_end.patch_hop_frames
    count = 1 + max(0, -(-(frames - length) // hop))
    padding = (count - 1) * hop + length - frames
    silence = np.broadcast_to(features_of_silence(front_end), (padding, width))
    padded = np.concatenate([features, silence])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (length, width))[::hop, 0]
    return np.ascontiguousarray(windows, dtype=np.float32)


def grey_levels(log_mel: LogMelSpectrogram, picture: Picture) -> Features:
    """Log-mel values as the levels of an 8-bit picture: clipped, scaled, rounded.

    Returns:
        float32 of the same shape, whole numbers from 0 to 255: as uint8 they lose nothing.
    """
    low, high = np.float32(picture.low), np.float32(picture.high)
    share = np.clip((log_mel - low) / (high - low), 0.0, 1.0)
    return np.asarray(np.round(share * np.float32(_WHITE)), dtype=np.float32)


def mfcc_with_differences(log_mel: LogMelSpectrogram, coefficients: int) -> Features:
    """Mel-frequency cepstral coefficients with their first and second differences.

    The coefficients are the orthonormal DCT-II of the natural log-mel spectrogram (Davis and
    Mermelstein 1980); the differences are Savitzky-Golay slopes over nine frames.

    Args:
        log_mel: float32 (frames, mel_bands).
        coefficients: how many, at most mel_bands.

    Returns:
        float32 (frames, 3 * coefficients): coefficients, first, then second differences.
    """
    mfcc = librosa.feature.mfcc(S=log_mel.T, n_mfcc=coefficients)
    # `nearest`: unlike librosa's default it also takes fewer frames than its window is long.
    differences = [
        librosa.feature.delta(mfcc, width=_DELTA_FRAMES, order=order, mode="nearest")
        for order in (1, 2)
    ]
    return np.ascontiguousarray(np.concatenate([mfcc, *differences]).T, dtype=np.float32)


def features_of_silence(front_end: FrontEnd) -> Features:
    """What lasting digital silence looks like: float32, of the shape of a frame or of a value."""
    if front_end.features == "waveform":
        return np.zeros((), dtype=np.float32)
    silence = np.float32(log_mel_of_silence(front_end))
    if front_end.features == "mfcc":
        frame = np.full((1, front_end.mel_bands), silence, dtype=np.float32)
        return mfcc_with_differences(frame, front_end.mfcc_coefficients).reshape(-1)
    value: Features = np.full((), silence, dtype=np.float32)
    return value if front_end.picture is None else grey_levels(value, front_end.picture)


def _frames_of_samples(waveform: Waveform, length: int) -> Features:
    frames = max(1, -(-len(waveform) // length))
    padded = np.pad(waveform, (0, frames * length - len(waveform)))
    return np.asarray(padded.reshape(frames, length), dtype=np.float32)
