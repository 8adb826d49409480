"""Decoding with FFmpeg's libraries through PyAV: what libsndfile cannot read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from typing import NoReturn

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError, NoAudioError
from worker.audio.deflated import is_deflated, without_id3
from worker.audio.readers import Source

# Per channel in one frame; FLAC's largest has 65,535. What lies about it gets no memory for it.
MAX_FRAME_SAMPLES = 1 << 20

# All packets together are no longer than the file, unless its container deflates them.
_MOST_READ = 2
# Packets that are taken out of their container, which is cheap, before the first is decoded.
_LOOK_AHEAD = 1 << 14
# An IndexError: of a stream that begins in mid-file, PyAV 18 knows nothing.
_FAILURES = (av.error.FFmpegError, OSError, ValueError, EOFError, IndexError)


@dataclass(frozen=True, slots=True)
class _Opening:
    """What FFmpeg may use for a format: one demuxer, and these decoders, of some 600."""

    demuxer: str
    decoders: frozenset[str]


def _opening(demuxer: str, *decoders: str) -> _Opening:
    return _Opening(demuxer, frozenset(decoders))


_PCM = (
    *(
        f"pcm_{kind}{bits}{order}"
        for kind in "su"
        for bits in (16, 24, 32)
        for order in ("le", "be")
    ),
    *("pcm_s8", "pcm_u8", "pcm_s64le", "pcm_s64be"),
    *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw"),
)
# The sniffed format chooses: FFmpeg never guesses, and opens nothing but the bytes.
_OPENINGS = {
    AudioFormat.WAV: _opening("wav", *_PCM, "adpcm_ima_wav", "adpcm_ms", "gsm_ms", "mp3float"),
    AudioFormat.FLAC: _opening("flac", "flac"),
    AudioFormat.OGG_VORBIS: _opening("ogg", "vorbis"),
    AudioFormat.OGG_OPUS: _opening("ogg", "opus"),
    AudioFormat.MP3: _opening("mp3", "mp3float"),
    AudioFormat.AIFF: _opening("aiff", *_PCM, "adpcm_ima_qt", "gsm"),
    # The last two: what old telephones record (3GP).
    AudioFormat.M4A: _opening(
        "mp4", *_PCM, "aac", "alac", "flac", "mp3float", "opus", "amrnb", "amrwb"
    ),
    # Browsers record PCM too.
    AudioFormat.WEBM: _opening("matroska", "opus", "vorbis", *_PCM),
}


def _refuse(_url: str, _flags: int, _options: Mapping[str, str]) -> NoReturn:
    """What FFmpeg is given for whatever else a file names: other files, addresses."""
    raise PermissionError("A recording may not open anything")


@contextmanager
def open_with_pyav(data: bytes, audio_format: AudioFormat) -> Iterator[Source]:
    """Open a recording and its first audio stream.

    Raises:
        CorruptAudioError: FFmpeg cannot open it.
        NoAudioError: it holds no audio stream.
    """
    if is_deflated(data, audio_format):
        raise CorruptAudioError(
            f"The {audio_format} file has deflated parts, as no recorder writes"
        )
    data = without_id3(data, audio_format)
    opening = _OPENINGS[audio_format]
    decoders = ",".join(sorted(opening.decoders))
    try:
        container = av.open(
            io.BytesIO(data),
            "r",
            format=opening.demuxer,
            container_options={
                "format_whitelist": opening.demuxer,
                "codec_whitelist": decoders,
                "protocol_whitelist": "",
            },
            io_open=_refuse,
            metadata_errors="replace",  # nobody reads it, so let it be written in whatever way
        )
    except _FAILURES as error:
        raise CorruptAudioError(f"The {audio_format} file cannot be opened") from error
    with container:
        if not container.streams.audio:
            raise NoAudioError(f"The {audio_format} file has no audio stream")
        stream = container.streams.audio[0]
        if stream.codec_context is None or stream.codec_context.name not in opening.decoders:
            raise CorruptAudioError(f"The {audio_format} file's codec is not one that we read")
        stream.codec_context.options = {
            "codec_whitelist": decoders,
            "max_samples": str(MAX_FRAME_SAMPLES),
        }
        stream.codec_context.thread_count = 1
        if not stream.rate or not stream.channels:
            raise CorruptAudioError(f"The {audio_format} file gives no sample rate or channels")
        try:
            packets = _Packets(container, stream, _MOST_READ * len(data))
        except _FAILURES as error:
            raise CorruptAudioError(f"The {audio_format} data is damaged") from error
        yield Source(
            sample_rate=stream.rate,
            channels=stream.channels,
            declared_frames=_declared_frames(container, stream),
            blocks=_blocks(packets, stream, audio_format),
            bytes_read=lambda: packets.read,
            seconds_ahead=packets.seconds_ahead,
        )


def _declared_frames(container: InputContainer, stream: AudioStream) -> int | None:
    if stream.duration is not None and stream.time_base is not None:
        seconds = stream.duration * stream.time_base
    elif container.duration is not None:
        seconds = Fraction(container.duration, av.time_base)
    else:
        return None
    return max(0, round(seconds * stream.rate))


class _Packets:
    """A stream's packets, unless they have more bytes than they can have.

    Attributes:
        read: the bytes of those that were decoded so far.
    """

    def __init__(self, container: InputContainer, stream: AudioStream, most_bytes: int) -> None:
        self._coming = self._bounded(container.demux(stream), most_bytes)
        self._ahead = list(islice(self._coming, _LOOK_AHEAD))
        ticks = sum(map(_duration, self._ahead))
        self.seconds_ahead = float(ticks * stream.time_base) if stream.time_base else 0.0
        self.read = 0

    def __iter__(self) -> Iterator[Packet[AudioStream]]:
        for packet in chain(self._ahead, self._coming):
            self.read += packet.size
            yield packet

    @staticmethod
    def _bounded(
        packets: Iterator[Packet[AudioStream]], most_bytes: int
    ) -> Iterator[Packet[AudioStream]]:
        found = 0
        for packet in packets:
            found += packet.size
            if found > most_bytes:
                raise CorruptAudioError("The file's tables name the same bytes again and again")
            yield packet


def _duration(packet: Packet[AudioStream]) -> int:
    """In ticks; 0 where it is not known. Negative ones, as Vorbis's last, wrap around."""
    ticks = packet.duration or 0
    return ticks if ticks < 1 << 31 else 0


def _blocks(
    packets: _Packets, stream: AudioStream, audio_format: AudioFormat
) -> Iterator[npt.NDArray[np.float32]]:
    try:
        # Interleaved: of planar frames with 8 channels or more, PyAV 18 reads past the last plane.
        to_float = av.AudioResampler(format="flt", layout=stream.layout, rate=stream.rate)
        for packet in packets:
            for frame in packet.decode():
                for converted in to_float.resample(frame):
                    samples = converted.to_ndarray().astype(np.float32, copy=False)
                    yield samples.reshape(-1, converted.layout.nb_channels)
    except _FAILURES as error:
        raise CorruptAudioError(f"The {audio_format} data is damaged") from error
