"""Waveform → log-mel spectrogram, every parameter of it from the bundle's card."""

from __future__ import annotations

from functools import lru_cache

import librosa
import numpy as np
import numpy.typing as npt

from shared.bundle import FrontEnd

Waveform = npt.NDArray[np.float32]
LogMelSpectrogram = npt.NDArray[np.float32]
Patches = npt.NDArray[np.float32]


@lru_cache(maxsize=8)
def mel_filters(front_end: FrontEnd) -> npt.NDArray[np.float32]:
    """Mel filter bank, (mel_bands, 1 + fft_length // 2). Read-only: it is shared."""
    filters: npt.NDArray[np.float32] = librosa.filters.mel(
        sr=front_end.sample_rate,
        n_fft=front_end.fft_length,
        n_mels=front_end.mel_bands,
        fmin=front_end.fmin_hz,
        fmax=front_end.fmax_hz,
        htk=front_end.mel_scale == "htk",
        norm=None if front_end.mel_scale == "htk" else "slaney",
        dtype=np.float32,
    )
    filters.setflags(write=False)
    return filters


def log_mel_spectrogram(waveform: Waveform, front_end: FrontEnd) -> LogMelSpectrogram:
    """Log-mel spectrogram of a mono waveform, after YAMNet's definition (Hershey et al. 2017).

    Args:
        waveform: float32 (samples,), at `front_end.sample_rate`, level already normalised.
            Shorter than one FFT window: zeros are appended.
        front_end: the bundle's parameters.

    Returns:
        float32 (frames, mel_bands), natural logarithm of mel energy plus `log_offset`.
    """
    missing = front_end.fft_length - len(waveform)
    if missing > 0:
        waveform = np.pad(waveform, (0, missing))
    spectrum = librosa.stft(
        waveform,
        n_fft=front_end.fft_length,
        hop_length=front_end.hop_length,
        win_length=front_end.window_length,
        window=front_end.window,
        center=False,
    )
    magnitude = np.abs(spectrum)
    if front_end.power != 1.0:
        magnitude **= front_end.power
    mel = mel_filters(front_end) @ magnitude
    log_mel = np.log(mel + np.float32(front_end.log_offset)) + np.float32(front_end.log_shift)
    return np.ascontiguousarray(log_mel.T, dtype=np.float32)


def log_mel_of_silence(front_end: FrontEnd) -> float:
    """Each value of digital silence's log-mel spectrogram."""
    return float(np.log(np.float32(front_end.log_offset)) + np.float32(front_end.log_shift))
