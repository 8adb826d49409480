"""Decoding with FFmpeg's libraries through PyAV: what libsndfile cannot read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import InputContainer

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError, NoAudioError
from worker.audio.readers import Source

# The sniffed format chooses the demuxer: FFmpeg never guesses, and opens nothing but the bytes.
_DEMUXERS = {
    AudioFormat.WAV: "wav",
    AudioFormat.FLAC: "flac",
    AudioFormat.OGG_VORBIS: "ogg",
    AudioFormat.OGG_OPUS: "ogg",
    AudioFormat.MP3: "mp3",
    AudioFormat.AIFF: "aiff",
    AudioFormat.M4A: "mp4",
    AudioFormat.WEBM: "matroska",
}
_FAILURES = (av.error.FFmpegError, OSError, ValueError, EOFError)


@contextmanager
def open_with_pyav(data: bytes, audio_format: AudioFormat) -> Iterator[Source]:
    """Open a recording and its first audio stream.

    Raises:
        CorruptAudioError: FFmpeg cannot open it.
        NoAudioError: it holds no audio stream.
    """
    try:
        container = av.open(io.BytesIO(data), "r", format=_DEMUXERS[audio_format])
    except _FAILURES as error:
        raise CorruptAudioError(f"The {audio_format} file cannot be opened") from error
    with container:
        if not container.streams.audio:
            raise NoAudioError(f"The {audio_format} file has no audio stream")
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            raise CorruptAudioError(f"The {audio_format} file's codec is not known")
        stream.codec_context.thread_count = 1
        if not stream.rate or not stream.channels:
            raise CorruptAudioError(f"The {audio_format} file gives no sample rate or channels")
        yield Source(
            sample_rate=stream.rate,
            channels=stream.channels,
            declared_frames=_declared_frames(container, stream),
            blocks=_blocks(container, stream, audio_format),
        )


def _declared_frames(container: InputContainer, stream: AudioStream) -> int | None:
    if stream.duration is not None and stream.time_base is not None:
        seconds = stream.duration * stream.time_base
    elif container.duration is not None:
        seconds = Fraction(container.duration, av.time_base)
    else:
        return None
    return max(0, round(seconds * stream.rate))


def _blocks(
    container: InputContainer, stream: AudioStream, audio_format: AudioFormat
) -> Iterator[npt.NDArray[np.float32]]:
    try:
        # Interleaved: of planar frames with 8 channels or more, PyAV 18 reads past the last plane.
        to_float = av.AudioResampler(format="flt", layout=stream.layout, rate=stream.rate)
        for frame in container.decode(stream):
            for converted in to_float.resample(frame):
                samples = converted.to_ndarray().astype(np.float32, copy=False)
                yield samples.reshape(-1, converted.layout.nb_channels)
    except _FAILURES as error:
        raise CorruptAudioError(f"The {audio_format} data is damaged") from error
