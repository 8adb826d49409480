"""The first bytes decide a recording's format; nothing else is asked, nothing else is let in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audio_format import SNIFF_BYTES, AudioFormat, sniff
from tests.support import recordings

COUGH = recordings.cough(0.5)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("audio_format", AudioFormat)
def test_every_format_is_told_by_its_first_bytes(audio_format: AudioFormat, channels: int) -> None:
    recording = recordings.encode(COUGH, 16_000, audio_format, channels)

    assert sniff(recording[:SNIFF_BYTES]) is audio_format
    assert sniff(recording) is audio_format


@pytest.mark.parametrize(
    ("container", "subtype", "endian"),
    [("WAV", "PCM_16", "BIG"), ("RF64", "PCM_16", "FILE"), ("WAVEX", "PCM_24", "FILE")],
)
def test_wav_has_many_spellings(container: str, subtype: str, endian: str) -> None:
    recording = recordings.write_with_soundfile(COUGH, 16_000, container, subtype, endian)

    assert sniff(recording[:SNIFF_BYTES]) is AudioFormat.WAV


@pytest.mark.parametrize("subtype", ["FLOAT", "ULAW", "PCM_24"])
def test_aiff_may_be_aifc(subtype: str) -> None:
    recording = recordings.write_with_soundfile(COUGH, 16_000, "AIFF", subtype)

    assert sniff(recording[:SNIFF_BYTES]) is AudioFormat.AIFF


def test_mp3_may_begin_with_a_tag_or_with_a_frame() -> None:
    untagged = recordings.write_with_pyav(
        COUGH, 16_000, "mp3", "libmp3lame", options={"id3v2_version": "0"}
    )
    tag = b"ID3\x03\x00\x00\x00\x00\x01\x00" + bytes(128)

    assert untagged[0] == 0xFF
    assert sniff(untagged[:SNIFF_BYTES]) is AudioFormat.MP3
    assert sniff((tag + untagged)[:SNIFF_BYTES]) is AudioFormat.MP3


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("nothing", b""),
        ("text", b"The patient has been coughing since Monday, and sneezing, too. " * 2),
        ("html", b"<!doctype html><html><head><title>RIFF fLaC OggS</title></head></html>"),
        ("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"),
        ("PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\x06\0\0\0\\r\xa8f"),
        ("JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"),
        ("AVI", b"RIFF\x24\x80\0\0AVI LIST"),
        ("WebP", b"RIFF\x24\x80\0\0WEBPVP8 "),
        ("ADTS AAC", b"\xff\xf1\x50\x80\x2e\x7f\xfc\x21\x00\x49\x90\x02\x19\x00\x23\x80"),
        ("MPEG layer II", b"\xff\xfd\x88\x04" + bytes(60)),
        ("MP3 of a reserved bitrate", b"\xff\xfb\xf0\x00" + bytes(60)),
        ("MP3 of a reserved rate", b"\xff\xfb\x9c\x00" + bytes(60)),
        ("MP3 of a reserved version", b"\xff\xeb\x90\x00" + bytes(60)),
        ("Matroska, not WebM", b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska\x42\x87\x81\x04" * 2),
        ("IFF picture", b"FORM\0\0\x10\0ILBMBMHD"),
        ("Ogg, cut at once", b"OggS\0\2"),
    ],
)
def test_what_is_no_audio_of_ours_is_none(name: str, head: bytes) -> None:
    assert sniff(head[:SNIFF_BYTES]) is None


@pytest.mark.parametrize(
    "packet", [b"\x7fFLAC\x01\x00", b"Speex   1.2", b"\x80theora", b"fishead\0"]
)
def test_ogg_of_another_codec_is_none(packet: bytes) -> None:
    page = b"OggS\0\2" + bytes(8) + b"abcd" + bytes(4) + b"crc!" + b"\1" + bytes([len(packet)])

    assert sniff((page + packet).ljust(SNIFF_BYTES, b"\0")) is None
    assert sniff(page + b"OpusHead\1\1") is AudioFormat.OGG_OPUS


def test_ogg_may_have_more_than_one_segment_in_its_first_page() -> None:
    page = b"OggS\0\2" + bytes(8) + b"abcd" + bytes(4) + b"crc!" + b"\3\x1e\x00\x01"

    assert sniff(page + b"\x01vorbis") is AudioFormat.OGG_VORBIS


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_whatever_comes_after_the_magic_raises_nothing(audio_format: AudioFormat) -> None:
    recording = recordings.encode(COUGH, 16_000, audio_format)

    for length in range(SNIFF_BYTES):
        assert sniff(recording[:length]) in (audio_format, None)


@given(
    magic=st.sampled_from(
        [b"", b"RIFF", b"fLaC", b"OggS", b"FORM", b"\0\0\0\x20ftyp", b"\x1a\x45\xdf\xa3", b"ID3"]
    ),
    rest=st.binary(max_size=2 * SNIFF_BYTES),
)
def test_random_bytes_raise_nothing(magic: bytes, rest: bytes) -> None:
    assert sniff(magic + rest) in {*AudioFormat, None}
