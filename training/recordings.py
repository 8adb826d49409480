"""Recordings on disk → waveforms, through the worker's own decoder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tqdm import tqdm

from shared.errors import RecordingError
from training.dataset import DatasetError
from worker.audio.decoding import decode
from worker.spectrogram import Waveform


def read_waveform(path: Path, sample_rate: int) -> Waveform:
    """Decode one recording to mono float32 (samples,), full scale ±1, at `sample_rate` Hz.

    Raises:
        DatasetError: the file cannot be read or decoded.
    """
    try:
        return decode(path.read_bytes(), sample_rate=sample_rate).waveform
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error
    except RecordingError as error:
        raise DatasetError(f"{path.name} cannot be decoded: {error.detail}") from error


def read_waveforms(paths: Iterable[Path], sample_rate: int) -> list[Waveform]:
    """Decode recordings in order, with a progress bar; see `read_waveform`."""
    listed = list(paths)
    return [
        read_waveform(path, sample_rate)
        for path in tqdm(listed, desc="decoding", unit="clip", leave=False)
    ]
