"""Recordings on disk → waveforms, through the worker's own decoder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tqdm import tqdm

from shared.audio_format import SNIFF_BYTES, sniff
from shared.errors import RecordingError
from training.data.dataset import DatasetError
from worker.audio.decoding import Decoded, decode
from worker.spectrogram import Waveform

MAX_SECONDS = 60.0


def read_waveform(path: Path, sample_rate: int) -> Waveform:
    """The waveform alone of `read_recording`: float32 (samples,), mono, full scale ±1."""
    return read_recording(path, sample_rate).waveform


def read_recording(path: Path, sample_rate: int) -> Decoded:
    """Decode one recording of at most `MAX_SECONDS`, with what its file says of itself.

    Args:
        path: a file in any format that the worker takes.
        sample_rate: of the waveform to give, in Hz.

    Raises:
        DatasetError: the file cannot be read or decoded.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error
    audio_format = sniff(data[:SNIFF_BYTES])
    if audio_format is None:
        raise DatasetError(f"{path.name} is not in a known audio format")
    try:
        return decode(data, audio_format, sample_rate, MAX_SECONDS)
    except RecordingError as error:
        raise DatasetError(f"{path.name} cannot be decoded: {error.detail}") from error


def read_waveforms(paths: Iterable[Path], sample_rate: int) -> list[Waveform]:
    """Decode recordings in order, with a progress bar; see `read_waveform`."""
    bar = tqdm(list(paths), desc="decoding", unit="clip", leave=False)
    return [read_waveform(path, sample_rate) for path in bar]
