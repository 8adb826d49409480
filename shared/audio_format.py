"""The audio formats that we take, told apart by a recording's first bytes."""

from __future__ import annotations

from enum import StrEnum

SNIFF_BYTES = 64


class AudioFormat(StrEnum):
    """Container and, where the container leaves it open, codec."""

    WAV = "wav"
    FLAC = "flac"
    OGG_VORBIS = "ogg-vorbis"
    OGG_OPUS = "ogg-opus"
    MP3 = "mp3"
    AIFF = "aiff"
    M4A = "m4a"
    WEBM = "webm"


def sniff(head: bytes) -> AudioFormat | None:
    """Tell the format from a file's first `SNIFF_BYTES` bytes; None if it is none of ours.

    Names and declared types are never asked: they are often wrong and always the sender's.
    """
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return AudioFormat.WAV
    if head[:4] == b"fLaC":
        return AudioFormat.FLAC
    if head[:4] == b"OggS":
        return _sniff_ogg(head)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return AudioFormat.AIFF
    if head[4:8] == b"ftyp":
        return AudioFormat.M4A
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return AudioFormat.WEBM if b"webm" in head[:SNIFF_BYTES] else None
    if head[:3] == b"ID3" or _is_mpeg_layer_3(head):
        return AudioFormat.MP3
    return None


def _sniff_ogg(head: bytes) -> AudioFormat | None:
    """By the first packet of the first page, which names the codec (RFC 3533, RFC 7845)."""
    if len(head) < 27:
        return None
    packet = head[27 + head[26] :]
    if packet.startswith(b"OpusHead"):
        return AudioFormat.OGG_OPUS
    if packet.startswith(b"\x01vorbis"):
        return AudioFormat.OGG_VORBIS
    return None


def _is_mpeg_layer_3(head: bytes) -> bool:
    """Whether this is an MPEG audio frame header of layer III with no reserved value in it."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and bitrate not in (0, 15) and rate != 3
