"""Recordings made here: waveforms like coughs and chirps, in every format that we take.

All are seeded: the same call gives the same samples (libsndfile gives each Ogg Vorbis stream a
serial number of its own).
"""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
import soundfile
from av.audio.stream import AudioStream

from shared.audio_format import AudioFormat

Waveform = npt.NDArray[np.float32]

LOSSLESS = (AudioFormat.WAV, AudioFormat.FLAC, AudioFormat.AIFF)
LOSSY = (
    AudioFormat.OGG_VORBIS,
    AudioFormat.OGG_OPUS,
    AudioFormat.MP3,
    AudioFormat.M4A,
    AudioFormat.WEBM,
)

_SOUNDFILE = {
    AudioFormat.WAV: ("WAV", "PCM_16"),
    AudioFormat.FLAC: ("FLAC", "PCM_16"),
    AudioFormat.AIFF: ("AIFF", "PCM_16"),
    AudioFormat.OGG_VORBIS: ("OGG", "VORBIS"),
}
_PYAV = {
    AudioFormat.OGG_OPUS: ("ogg", "libopus"),
    AudioFormat.MP3: ("mp3", "libmp3lame"),
    AudioFormat.M4A: ("mp4", "aac"),
    AudioFormat.WEBM: ("webm", "libopus"),
}
_OPUS_RATE = 48_000
_BLOCK = 4096  # libsndfile's Vorbis encoder overflows the stack when given minutes at once


def cough(seconds: float = 2.0, sample_rate: int = 16_000, *, seed: int = 0) -> Waveform:
    """Bursts of low-passed noise with a sharp attack and a slow decay, over a faint noise floor."""
    random = np.random.default_rng(seed)
    count = round(seconds * sample_rate)
    time = np.arange(count) / sample_rate
    noise = random.standard_normal(count + 3)
    smooth = np.convolve(noise, [0.1, 0.4, 0.4, 0.1], mode="valid")
    envelope = np.full(count, 0.01)
    for start in np.arange(0.1, seconds, 0.7):
        since = time - start
        envelope += np.where(since >= 0, np.exp(-np.maximum(since, 0.0) / 0.08), 0.0)
    burst = smooth * envelope
    return np.asarray(0.5 * burst / np.abs(burst).max(), dtype=np.float32)


def chirp(
    seconds: float = 2.0,
    sample_rate: int = 16_000,
    *,
    from_hz: float = 100.0,
    to_hz: float = 1500.0,
) -> Waveform:
    """A sine that rises evenly: what comes back from a codec can be told sample by sample."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    phase = 2 * np.pi * (from_hz * time + (to_hz - from_hz) * time**2 / (2 * seconds))
    return np.asarray(0.5 * np.sin(phase), dtype=np.float32)


def encode(
    waveform: Waveform, sample_rate: int, audio_format: AudioFormat, channels: int = 1
) -> bytes:
    """A file in any of our formats.

    Args:
        waveform: (samples,): the same in every channel; or (samples, channels).
        sample_rate: of the waveform and, except for Opus, which is always 48 kHz, of the file.
        audio_format: of the file.
        channels: of the file, where the waveform does not tell.
    """
    columns = waveform if waveform.ndim == 2 else np.repeat(waveform[:, None], channels, axis=1)
    if audio_format in _SOUNDFILE:
        return write_with_soundfile(columns, sample_rate, *_SOUNDFILE[audio_format])
    container, codec = _PYAV[audio_format]
    return write_with_pyav(columns, sample_rate, container, codec)


def write_with_soundfile(
    columns: Waveform, sample_rate: int, container: str, subtype: str, endian: str = "FILE"
) -> bytes:
    """A file by libsndfile, of whatever container and subtype it knows."""
    buffer = io.BytesIO()
    channels = columns.shape[1] if columns.ndim == 2 else 1
    with soundfile.SoundFile(
        buffer, "w", sample_rate, channels, format=container, subtype=subtype, endian=endian
    ) as file:
        for start in range(0, len(columns), _BLOCK):
            file.write(columns[start : start + _BLOCK])
    return buffer.getvalue()


def write_with_pyav(
    columns: Waveform,
    sample_rate: int,
    container: str,
    codec: str,
    *,
    seekable: bool = True,
    options: dict[str, str] | None = None,
    layout: str | None = None,
    title: str | None = None,
) -> bytes:
    """A file by FFmpeg; where it is not `seekable`, as a browser or a pipe streams it."""
    buffer = io.BytesIO() if seekable else _Pipe()
    rate = _OPUS_RATE if codec == "libopus" else sample_rate
    if columns.ndim == 1:
        columns = columns[:, None]
    layout = layout or {1: "mono", 2: "stereo"}.get(columns.shape[1], f"{columns.shape[1]}c")
    exact = {"fflags": "+bitexact", **(options or {})}
    with av.open(buffer, "w", format=container, options=exact) as output:
        if title:
            output.metadata["title"] = title
        stream = output.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, AudioStream)
        output.start_encoding()
        resampler = av.AudioResampler(
            format=stream.codec_context.format or "s16",
            layout=layout,
            rate=rate,
            frame_size=stream.codec_context.frame_size or 0,
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(columns, dtype=np.float32).reshape(1, -1),
            format="flt",
            layout=layout,
        )
        frame.sample_rate, frame.pts, frame.time_base = sample_rate, 0, Fraction(1, sample_rate)
        for resampled in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(resampled))
        output.mux(stream.encode(None))
    return buffer.getvalue()


class _Pipe(io.BytesIO):
    """A file that cannot go back: lengths that are known only at the end stay unwritten."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation("seek")
