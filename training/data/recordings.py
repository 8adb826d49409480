"""Recordings on disk → waveforms, through the worker's own decoder, several at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from shared.audio_format import SNIFF_BYTES, sniff
from shared.errors import RecordingError
from training.data.clip import DatasetError
from worker.audio.decoding import Decoded, decode
from worker.spectrogram import Waveform

# More than the service takes: published sets hold a few recordings of a minute and a half.
MAX_SECONDS = 120.0
# The decoders work outside Python's lock; more threads than this only wait for the disk.
MAX_THREADS = 8

T = TypeVar("T")


def read_waveform(path: Path, sample_rate: int) -> Waveform:
    """Decode one recording of at most `MAX_SECONDS`.

    Args:
        path: a file in any format that the worker takes.
        sample_rate: of the waveform to give, in Hz.

    Returns:
        float32 (samples,), mono, full scale ±1.

    Raises:
        DatasetError: the file cannot be read or decoded.
    """
    return read_recording(path, sample_rate).waveform


def read_recording(path: Path, sample_rate: int) -> Decoded:
    """`read_waveform`, with what the file says of itself."""
    return decode_file(path, read_bytes(path), sample_rate)


def read_waveforms(paths: Iterable[Path], sample_rate: int) -> list[Waveform]:
    """Decode recordings in parallel, with a progress bar; in their order; see `read_waveform`."""
    return [recording.waveform for recording in read_recordings(paths, sample_rate)]


def read_recordings(paths: Iterable[Path], sample_rate: int) -> list[Decoded]:
    """`read_waveforms`, with what the files say of themselves."""
    return list(in_parallel(partial(read_recording, sample_rate=sample_rate), paths, "decoding"))


def read_bytes(path: Path) -> bytes:
    """A file's content; DatasetError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}") from error


def decode_file(path: Path, data: bytes, sample_rate: int) -> Decoded:
    """Decode a file's content; `path` only names it in errors. See `read_waveform`."""
    audio_format = sniff(data[:SNIFF_BYTES])
    if audio_format is None:
        raise DatasetError(f"{path.name} is not in a known audio format")
    try:
        return decode(data, audio_format, sample_rate, MAX_SECONDS)
    except RecordingError as error:
        raise DatasetError(f"{path.name} cannot be decoded: {error.detail}") from error


def in_parallel(work: Callable[[Path], T], paths: Iterable[Path], what: str) -> Iterator[T]:
    """Do the work on each path in threads, with a progress bar; results come in the paths' order.

    The first error, in that order, ends it; what has not begun then is not done.
    """
    listed = list(paths)
    with ThreadPoolExecutor(min(MAX_THREADS, os.cpu_count() or 1)) as pool:
        results = pool.map(work, listed)
        yield from tqdm(results, desc=what, total=len(listed), unit="clip", leave=False)
