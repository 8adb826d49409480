"""What a decoder gives: the file's header figures, then its samples, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shared.audio_format import AudioFormat

BLOCK_SAMPLES = 1 << 16  # over all channels: a block stays small however many there are


@dataclass(frozen=True, slots=True)
class Source:
    """An opened recording.

    Attributes:
        sample_rate: Hz.
        channels: number of channels.
        declared_frames: samples per channel by the header; None: it does not say.
        blocks: float32 (frames, channels), full scale ±1, each at most about `BLOCK_SAMPLES`
            values. Iterating may raise `CorruptAudioError`.
        bytes_read: gives how many bytes the blocks have taken so far.
        seconds_ahead: what has been seen of the packets lasts so long, with what pads the sound.
    """

    sample_rate: int
    channels: int
    declared_frames: int | None
    blocks: Iterator[npt.NDArray[np.float32]]
    bytes_read: Callable[[], int]
    seconds_ahead: float = 0.0


class Reader(Protocol):
    """Opens a recording, or raises `CorruptAudioError` or `NoAudioError`."""

    def __call__(
        self, data: bytes, audio_format: AudioFormat
    ) -> AbstractContextManager[Source]: ...
