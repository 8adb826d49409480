"""Decoding with libsndfile: WAV, FLAC, Ogg Vorbis and Opus, MP3, AIFF."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import soundfile

from shared.audio_format import SNIFF_BYTES, AudioFormat, sniff
from shared.errors import CorruptAudioError
from worker.audio.id3 import skip_id3
from worker.audio.ogg_pages import is_chained
from worker.audio.readers import BLOCK_SAMPLES, Source

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FORMATS = frozenset(AudioFormat) - {AudioFormat.M4A, AudioFormat.WEBM}


class _Bytes(io.BytesIO):
    """A file for libsndfile, which in damaged data seeks before the start and expects no error.

    It is read in small steps and again and again: `span` is what lies between the lowest and the
    highest place that was read since it last began.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.begin()

    def begin(self) -> None:
        """Forget what was read."""
        self._lowest, self._highest = sys.maxsize, 0

    @property
    def span(self) -> int:
        """In bytes."""
        return max(0, self._highest - self._lowest)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._lowest = min(self._lowest, self.tell())
        count = super().readinto(buffer)
        self._highest = max(self._highest, self.tell())
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return super().seek(max(0, offset) if whence == io.SEEK_SET else offset, whence)


@contextmanager
def open_with_soundfile(data: bytes, audio_format: AudioFormat) -> Iterator[Source]:
    """Open a recording in one of `FORMATS`.

    Raises:
        CorruptAudioError: libsndfile cannot open it.
    """
    # libsndfile would skip ID3 tags and go by what follows, into any of its 26 formats.
    data = data[skip_id3(data) :]
    if sniff(data[:SNIFF_BYTES]) not in FORMATS and not _is_mpeg_audio(data):
        raise CorruptAudioError("It does not begin as any format that libsndfile is to read")
    # Of recordings that were put one behind another, libsndfile reads the first and says nothing.
    if data[:4] == b"OggS" and is_chained(data):
        raise CorruptAudioError("libsndfile reads the first of these recordings alone")
    try:
        content = _Bytes(data)
        file = soundfile.SoundFile(content)
    except (soundfile.SoundFileError, OSError, ValueError) as error:
        raise CorruptAudioError(f"The {audio_format} file cannot be opened") from error
    content.begin()
    with file:
        yield Source(
            sample_rate=file.samplerate,
            channels=file.channels,
            # libsndfile gives "as far as I know" for what it would have to scan.
            declared_frames=file.frames if 0 <= file.frames < 1 << 62 else None,
            blocks=_blocks(file, audio_format),
            bytes_read=lambda: content.span,
        )


def _is_mpeg_audio(data: bytes) -> bool:
    return len(data) >= 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0


def _blocks(
    file: soundfile.SoundFile, audio_format: AudioFormat
) -> Iterator[npt.NDArray[np.float32]]:
    frames = max(1, BLOCK_SAMPLES // file.channels)
    while True:
        try:
            block = file.read(frames, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, OSError, ValueError) as error:
            raise CorruptAudioError(f"The {audio_format} data is damaged") from error
        if not len(block):
            return
        yield block
