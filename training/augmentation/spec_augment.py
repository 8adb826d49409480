"""SpecAugment (Park et al. 2019): bands of the spectrogram are hidden, in frequency and time."""

from __future__ import annotations

from collections.abc import Iterable

from worker.spectrogram import LogMelSpectrogram

Band = tuple[int, int]


def hide_bands(
    log_mel: LogMelSpectrogram, frequency: Iterable[Band], time: Iterable[Band]
) -> LogMelSpectrogram:
    """Replace bands by the spectrogram's mean.

    Args:
        log_mel: float32 (frames, mel_bands).
        frequency: (first mel band, width) of each hidden frequency band.
        time: (first frame, width) of each hidden stretch of time.

    Returns:
        float32 (frames, mel_bands), a new array.
    """
    hidden = log_mel.copy()
    mean = log_mel.mean()
    for first, width in frequency:
        hidden[:, first : first + width] = mean
    for first, width in time:
        hidden[first : first + width] = mean
    return hidden
