"""Metadata written by hand into recordings: tags, pictures, blocks and chunks of any size."""

from __future__ import annotations

import struct


def id3_tag(picture: bytes) -> bytes:
    """An ID3v2.4 tag with a cover picture, or an empty one."""
    body = b""
    if picture:
        content = b"\0image/jpeg\0\3\0" + picture
        body = b"APIC" + _synchsafe(len(content)) + b"\0\0" + content
    return b"ID3\4\0\0" + _synchsafe(len(body)) + body


def flac_block(flac: bytes, kind: int, content: bytes) -> bytes:
    """The file with one more metadata block behind its first."""
    length = int.from_bytes(flac[5:8], "big")
    end = 8 + length
    block = bytes([flac[4] & 0x80 | kind]) + len(content).to_bytes(3, "big") + content
    return flac[:4] + bytes([flac[4] & 0x7F]) + flac[5:end] + block + flac[end:]


def flac_picture(picture: bytes) -> bytes:
    """The content of a PICTURE block (RFC 9639, 8.8)."""
    kind = b"image/jpeg"
    return (
        struct.pack(">II", 3, len(kind))
        + kind
        + struct.pack(">IIIIII", 0, 1000, 1000, 24, 0, len(picture))
        + picture
    )


def aiff_chunk(aiff: bytes, name: bytes, content: bytes) -> bytes:
    """The file with one more chunk at its end."""
    body = aiff[8:] + name + len(content).to_bytes(4, "big") + content + bytes(len(content) % 2)
    return b"FORM" + len(body).to_bytes(4, "big") + body


def box(name: bytes, *contents: bytes) -> bytes:
    """An MP4 box."""
    content = b"".join(contents)
    return (8 + len(content)).to_bytes(4, "big") + name + content


def mp4_cover(mp4: bytes, picture: bytes) -> bytes:
    """The file, whose moov is its last box, with a cover picture as iTunes writes it."""
    at = mp4.rindex(b"moov") - 4
    moov = mp4[at:]
    assert int.from_bytes(moov[:4], "big") == len(moov)
    data = box(b"data", struct.pack(">II", 13, 0), picture)
    handler = box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
    meta = box(b"meta", bytes(4), handler, box(b"ilst", box(b"covr", data)))
    return mp4[:at] + box(b"moov", moov[8:], box(b"udta", meta))


def _synchsafe(number: int) -> bytes:
    """Four times seven bits."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
