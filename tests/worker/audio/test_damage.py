"""Whatever the bytes are: samples within the limit, or an error with a code; nothing else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.audio_format import SNIFF_BYTES, AudioFormat, sniff
from shared.errors import RecordingError
from tests.support import recordings
from worker.audio.decoding import decode

RATE = 16_000
LIMIT_S = 2.0
CODES = {"corrupt_audio", "truncated_audio", "no_audio", "too_long"}
MAGIC = {
    AudioFormat.WAV: b"RIFF\x24\x80\0\0WAVE",
    AudioFormat.FLAC: b"fLaC",
    AudioFormat.OGG_VORBIS: b"OggS\0\2" + bytes(20) + b"\1\x1e\x01vorbis",
    AudioFormat.OGG_OPUS: b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead",
    AudioFormat.MP3: b"\xff\xfb\x90\x00",
    AudioFormat.AIFF: b"FORM\0\0\x80\0AIFF",
    AudioFormat.M4A: b"\0\0\0\x20ftypM4A \0\0\0\0",
    AudioFormat.WEBM: b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm",
}


@cache
def _recording(audio_format: AudioFormat) -> bytes:
    return recordings.encode(recordings.cough(0.6, RATE), RATE, audio_format, channels=2)


def _must_be_survived(data: bytes, audio_format: AudioFormat) -> None:
    try:
        decoded = decode(data, audio_format, RATE, LIMIT_S)
    except RecordingError as error:
        if error.detail and error.code in CODES:
            return
        raise
    assert 0 < decoded.duration_s <= LIMIT_S
    assert len(decoded.waveform) <= LIMIT_S * RATE + 1
    assert np.isfinite(decoded.waveform).all()


edits = st.lists(
    st.tuples(
        st.sampled_from(["flip", "set", "cut", "insert", "zero", "ones"]),
        # Most of what can go wrong is in the headers, at the front or at the back.
        st.one_of(st.integers(0, 200), st.integers(-600, -1), st.integers(0, 1 << 16)),
        st.binary(min_size=1, max_size=32),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=4 * settings().max_examples)
@given(audio_format=st.sampled_from(AudioFormat), edits=edits)
def test_damaged_recordings(audio_format: AudioFormat, edits: list[tuple[str, int, bytes]]) -> None:
    data = bytearray(_recording(audio_format))
    for edit, where, value in edits:
        at, length = where % max(1, len(data)), len(value)
        match edit:
            case "flip":
                data[at : at + 1] = bytes([data[at] ^ 1 << value[0] % 8]) if data else b""
            case "set":
                data[at : at + length] = value
            case "cut":
                del data[at : at + value[0] * length]
            case "insert":
                data[at:at] = value
            case "zero":
                data[at : at + 4] = bytes(4)
            case "ones":
                data[at : at + 4] = b"\xff" * 4

    _must_be_survived(bytes(data), sniff(bytes(data[:SNIFF_BYTES])) or audio_format)


@given(audio_format=st.sampled_from(AudioFormat), rest=st.binary(max_size=2000))
def test_random_bytes_behind_the_magic(audio_format: AudioFormat, rest: bytes) -> None:
    _must_be_survived(MAGIC[audio_format] + rest, audio_format)


@pytest.mark.parametrize("audio_format", AudioFormat)
@pytest.mark.parametrize(
    "data", [b"", b"\0", b"cough, cough\n" * 500, bytes(5000)], ids=["empty", "byte", "text", "nul"]
)
def test_what_is_no_audio_at_all(audio_format: AudioFormat, data: bytes) -> None:
    assert sniff(MAGIC[audio_format] + data) is audio_format
    with pytest.raises(RecordingError):
        decode(data, audio_format, RATE, LIMIT_S)
    with pytest.raises(RecordingError):
        decode(MAGIC[audio_format] + data, audio_format, RATE, LIMIT_S)


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_one_format_under_anothers_name(audio_format: AudioFormat) -> None:
    for other in AudioFormat:
        _must_be_survived(_recording(other), audio_format)


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_good_recordings_are_decoded_after_bad_ones(audio_format: AudioFormat) -> None:
    before = decode(_recording(audio_format), audio_format, RATE, LIMIT_S)
    for end in range(40, 4000, 400):
        _must_be_survived(_recording(audio_format)[:end] + bytes(100), audio_format)

    after = decode(_recording(audio_format), audio_format, RATE, LIMIT_S)

    assert np.array_equal(before.waveform, after.waveform)
