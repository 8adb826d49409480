"""A header that lies about the size or the length gains nothing."""

from __future__ import annotations

import struct

import pytest

from shared.audio_format import AudioFormat
from shared.errors import (
    CorruptAudioError,
    NoAudioError,
    RecordingError,
    TooLongError,
    TruncatedAudioError,
)
from tests.support import recordings
from tests.support.wav import UNKNOWN, chunk, pcm16, wav
from worker.audio.decoding import Decoded, decode

RATE = 16_000
SAMPLES = pcm16(recordings.cough(1.0, RATE))


def _decode(recording: bytes) -> Decoded:
    return decode(recording, AudioFormat.WAV, RATE, max_seconds=60)


def test_an_honest_header_is_taken() -> None:
    assert _decode(wav(SAMPLES)).duration_s == 1.0


@pytest.mark.parametrize("length", [2 * len(SAMPLES), 1_000_000, 2**31, UNKNOWN])
def test_more_samples_declared_than_there_are(length: int) -> None:
    with pytest.raises((TruncatedAudioError, TooLongError)):
        _decode(wav(SAMPLES, samples_length=length))


@pytest.mark.parametrize("length", [0, 2, 1000, len(SAMPLES) // 2])
def test_fewer_samples_declared_than_there_are(length: int) -> None:
    with pytest.raises((CorruptAudioError, NoAudioError)):
        _decode(wav(SAMPLES, samples_length=length))


def test_lengths_that_a_pipe_could_not_know_are_fine() -> None:
    decoded = _decode(wav(SAMPLES, samples_length=UNKNOWN, form_length=UNKNOWN))

    assert decoded.duration_s == 1.0
    assert not decoded.truncated


@pytest.mark.parametrize("form_length", [0, 36, UNKNOWN, 2**31])
def test_the_length_of_the_form_alone_does_not_matter(form_length: int) -> None:
    assert _decode(wav(SAMPLES, form_length=form_length)).duration_s == 1.0


def test_chunks_around_the_samples_are_fine() -> None:
    notes = chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0")

    assert _decode(wav(SAMPLES, before=notes, after=notes)).duration_s == 1.0


def test_junk_behind_the_form_is_fine() -> None:
    recording = wav(SAMPLES)

    decoded = _decode(recording + b"\0\x01\x02\xff" * 100)

    assert decoded.duration_s == 1.0


@pytest.mark.parametrize(
    ("field", "at", "value"),
    [
        ("channels", 22, struct.pack("<H", 0)),
        ("channels", 22, struct.pack("<H", 65535)),
        ("rate", 24, struct.pack("<I", 0)),
        ("rate", 24, struct.pack("<I", 1)),
        ("rate", 24, struct.pack("<I", 2**32 - 1)),
        ("align", 32, struct.pack("<H", 0)),
        ("bits", 34, struct.pack("<H", 0)),
        ("bits", 34, struct.pack("<H", 999)),
        ("encoding", 20, struct.pack("<H", 0xBEEF)),
        ("length of fmt", 16, struct.pack("<I", 2)),
        ("length of fmt", 16, struct.pack("<I", UNKNOWN)),
    ],
)
def test_nonsense_in_the_header_is_refused_or_survived(field: str, at: int, value: bytes) -> None:
    recording = wav(SAMPLES)

    try:
        decoded = _decode(recording[:at] + value + recording[at + len(value) :])
    except RecordingError:
        return
    assert decoded.duration_s <= 60
    assert 0 < decoded.channels <= 16


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_longer_than_the_limit_is_refused(audio_format: AudioFormat) -> None:
    recording = recordings.encode(recordings.cough(3.0, RATE), RATE, audio_format)

    with pytest.raises(TooLongError):
        decode(recording, audio_format, RATE, max_seconds=2.5)


def test_streamed_and_longer_than_the_limit_is_refused() -> None:
    for options in ({"live": "1"}, {}):
        recording = recordings.write_with_pyav(
            recordings.cough(3.0), RATE, "webm", "libopus", seekable=False, options=options
        )
        with pytest.raises(TooLongError):
            decode(recording, AudioFormat.WEBM, RATE, max_seconds=2.5)


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_exactly_the_limit_is_taken(audio_format: AudioFormat) -> None:
    recording = recordings.encode(recordings.cough(2.0, RATE), RATE, audio_format)
    # In these two, the header counts what pads the sound to whole frames.
    padded = 0.1 if audio_format in (AudioFormat.M4A, AudioFormat.WEBM) else 0.0

    assert decode(recording, audio_format, RATE, 2.0 + padded).duration_s >= 2.0
