"""Each container tells whether it is all there, and none is suspected wrongly."""

from __future__ import annotations

import struct

import pytest

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from tests.support import recordings
from tests.support.wav import chunk, pcm16, wav
from worker.audio.completeness import missing_share

COUGH = recordings.cough(1.0)
SAMPLES = pcm16(COUGH)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("audio_format", AudioFormat)
def test_what_is_all_there_lacks_nothing(audio_format: AudioFormat, channels: int) -> None:
    recording = recordings.encode(COUGH, 16_000, audio_format, channels)

    assert missing_share(recording, audio_format) == 0.0


@pytest.mark.parametrize("missing", [0.02, 0.25, 0.5, 0.9])
@pytest.mark.parametrize(
    "audio_format", [AudioFormat.WAV, AudioFormat.AIFF, AudioFormat.MP3, AudioFormat.WEBM]
)
def test_the_share_that_is_missing(audio_format: AudioFormat, missing: float) -> None:
    recording = recordings.encode(recordings.cough(5.0), 16_000, audio_format)

    cut = recording[: round(len(recording) * (1 - missing))]

    assert missing_share(cut, audio_format) == pytest.approx(missing, abs=0.01)


@pytest.mark.parametrize("audio_format", [AudioFormat.OGG_OPUS, AudioFormat.OGG_VORBIS])
def test_an_ogg_without_its_last_page_was_cut(audio_format: AudioFormat) -> None:
    recording = recordings.encode(recordings.cough(5.0), 16_000, audio_format)

    assert missing_share(recording[: recording.rindex(b"OggS")], audio_format) == 1.0


def test_mp4_cut_before_its_index_was_cut() -> None:
    recording = recordings.encode(COUGH, 16_000, AudioFormat.M4A)
    at = recording.index(b"moov") - 4

    assert missing_share(recording[: at + 50], AudioFormat.M4A) > 0.5
    assert missing_share(recording[: at + 5], AudioFormat.M4A) == 1.0


def test_mp4_boxes_may_have_64_bit_lengths_or_none() -> None:
    box = struct.pack(">I4sQ", 1, b"mdat", 20) + bytes(4)
    assert missing_share(box, AudioFormat.M4A) == 0.0
    assert missing_share(box[:-1], AudioFormat.M4A) > 0
    assert missing_share(struct.pack(">I4s", 0, b"mdat") + bytes(4), AudioFormat.M4A) == 0.0


@pytest.mark.parametrize("odd", [b"", b"x"])
def test_chunks_are_padded_to_even_lengths(odd: bytes) -> None:
    notes = chunk(b"LIST", b"INFO" + odd)

    assert missing_share(wav(SAMPLES, before=notes, after=notes), AudioFormat.WAV) == 0.0
    assert missing_share(wav(b"\x80\x80\x80", bits=8, after=notes), AudioFormat.WAV) == 0.0


def test_samples_that_go_on_behind_their_chunk_are_a_contradiction() -> None:
    with pytest.raises(CorruptAudioError):
        missing_share(wav(SAMPLES, samples_length=1000), AudioFormat.WAV)


def test_mp3_frames_may_be_padded() -> None:
    """At 44.1 kHz frames have no whole length, so every other one is a byte longer."""
    recording = recordings.write_with_pyav(
        recordings.cough(1.0, 44_100), 44_100, "mp3", "libmp3lame", options={"write_xing": "0"}
    )

    assert missing_share(recording, AudioFormat.MP3) == 0.0
    assert missing_share(recording[:-20], AudioFormat.MP3) == 1.0


def test_webm_may_have_junk_behind_it() -> None:
    recording = recordings.encode(COUGH, 16_000, AudioFormat.WEBM)

    assert missing_share(recording + bytes(100), AudioFormat.WEBM) == 0.0


def test_mp3_may_end_in_a_tag() -> None:
    recording = recordings.write_with_pyav(
        COUGH, 16_000, "mp3", "libmp3lame", options={"write_xing": "0", "id3v2_version": "0"}
    )
    tag = b"TAG" + b"A cough".ljust(125, b"\0")

    assert missing_share(recording + tag, AudioFormat.MP3) == 0.0
    assert missing_share(recording[:-20] + tag, AudioFormat.MP3) == 0.0  # cannot be told
    assert missing_share(recording[:-20], AudioFormat.MP3) == 1.0


@pytest.mark.parametrize("length", [0, 127, 128, 20_000])
def test_mp3_may_begin_with_a_tag_of_any_length(length: int) -> None:
    recording = recordings.write_with_pyav(
        COUGH, 16_000, "mp3", "libmp3lame", options={"id3v2_version": "0"}
    )
    size = bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))
    tagged = b"ID3\x04\0\0" + size + bytes(length) + recording

    assert missing_share(tagged, AudioFormat.MP3) == 0.0
    assert missing_share(tagged[: -len(recording) // 2], AudioFormat.MP3) > 0.45


def test_a_chained_ogg_is_whole_when_its_last_stream_is() -> None:
    one = recordings.encode(COUGH, 16_000, AudioFormat.OGG_OPUS)

    assert missing_share(one + one, AudioFormat.OGG_OPUS) == 0.0
    assert missing_share(one + one[: len(one) // 2], AudioFormat.OGG_OPUS) == 1.0
