"""Recordings in another container than their own, or with a video track beside the sound."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from tests.support.recordings import Waveform

_RATE = 48_000


def with_video(sound: Waveform, container: str, audio_codec: str, video_codec: str) -> bytes:
    """A file with noise to look at as its first track, and the sound (at 48 kHz) as its second."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container, options={"fflags": "+bitexact"}) as output:
        video = output.add_stream(video_codec, rate=25)
        audio = output.add_stream(audio_codec, rate=_RATE, layout="mono")
        assert isinstance(video, VideoStream)
        assert isinstance(audio, AudioStream)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        output.start_encoding()
        random = np.random.default_rng(0)
        for _ in range(max(1, len(sound) * 25 // _RATE)):
            pixels = random.integers(0, 256, (48, 64, 3), np.uint8)
            output.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        output.mux(video.encode(None))
        resampler = av.AudioResampler(
            format=audio.codec_context.format or "s16",
            layout="mono",
            rate=_RATE,
            frame_size=audio.codec_context.frame_size or 0,
        )
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _RATE, 0, Fraction(1, _RATE)
        for resampled in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(audio.encode(resampled))
        output.mux(audio.encode(None))
    return buffer.getvalue()


def remux(recording: bytes, container: str) -> bytes:
    """The same packets in another container."""
    buffer = io.BytesIO()
    with (
        av.open(io.BytesIO(recording), "r") as source,
        av.open(buffer, "w", format=container) as output,
    ):
        stream = source.streams.audio[0]
        copy = output.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.duration = min(packet.duration or 0, 1 << 12)  # Vorbis's last is negative
                packet.stream = copy
                output.mux(packet)
    return buffer.getvalue()
