"""Containers without sound, or with sound that nobody here can decode."""

from __future__ import annotations

import io

import av
import pytest
from av.video.stream import VideoStream

from shared.audio_format import AudioFormat, sniff
from shared.errors import CorruptAudioError, NoAudioError
from tests.support import recordings
from tests.support.wav import wav
from worker.audio.decoding import decode

RATE = 16_000


def _silent_film(container: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=10)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("container", "codec", "audio_format"),
    [("mp4", "mpeg4", AudioFormat.M4A), ("webm", "libvpx", AudioFormat.WEBM)],
)
def test_a_film_without_sound(container: str, codec: str, audio_format: AudioFormat) -> None:
    recording = _silent_film(container, codec)
    assert sniff(recording) is audio_format

    with pytest.raises(NoAudioError):
        decode(recording, audio_format, RATE, 60)


def test_a_wav_without_samples() -> None:
    with pytest.raises(NoAudioError):
        decode(wav(b""), AudioFormat.WAV, RATE, 60)


@pytest.mark.parametrize(
    ("audio_format", "unheard_of"),
    [
        (AudioFormat.M4A, {b"mp4a": b"xyz0", b"esds": b"free"}),
        (AudioFormat.WEBM, {b"A_OPUS": b"A_XPUS"}),
        (AudioFormat.WAV, {b"fmt \x10\0\0\0\x01\0": b"fmt \x10\0\0\0\xfe\xca"}),
    ],
)
def test_a_codec_that_nobody_knows(
    audio_format: AudioFormat, unheard_of: dict[bytes, bytes]
) -> None:
    recording = recordings.encode(recordings.cough(), RATE, audio_format)
    for name, other in unheard_of.items():
        assert name in recording
        recording = recording.replace(name, other)

    with pytest.raises(CorruptAudioError):
        decode(recording, audio_format, RATE, 60)
