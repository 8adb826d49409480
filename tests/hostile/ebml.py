"""WebM written by hand (RFC 9559), as a browser streams it: without any length or duration."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_UNKNOWN = b"\x01" + b"\xff" * 7


def webm_opus(packets: Sequence[bytes], milliseconds: int, *, compressed: bool = False) -> bytes:
    """A stereo Opus track of these packets.

    Args:
        packets: the blocks' contents.
        milliseconds: of each packet.
        compressed: the track says that its blocks are deflated.
    """
    head = b"OpusHead\1\2" + struct.pack("<HIhB", 312, 48_000, 0, 0)
    audio = _element(0xE1, _element(0xB5, struct.pack(">d", 48_000.0)) + _element(0x9F, b"\2"))
    track = _element(0xD7, b"\1") + _element(0x73C5, b"\1") + _element(0x83, b"\2")
    track += _element(0x86, b"A_OPUS") + _element(0x63A2, head) + audio
    if compressed:
        algorithm = _element(0x5034, _element(0x4254, b"\0"))
        track += _element(0x6D80, _element(0x6240, algorithm))
    info = _element(0x1549A966, _element(0x2AD7B1, (1_000_000).to_bytes(3, "big")))
    file = _element(0x1A45DFA3, _element(0x4282, b"webm")) + b"\x18\x53\x80\x67" + _UNKNOWN
    file += info + _element(0x1654AE6B, _element(0xAE, track))
    per_cluster = max(1, 30_000 // milliseconds)
    for first in range(0, len(packets), per_cluster):
        start = first * milliseconds
        file += b"\x1f\x43\xb6\x75" + _UNKNOWN + _element(0xE7, start.to_bytes(4, "big"))
        file += b"".join(
            _element(0xA3, b"\x81" + struct.pack(">hB", index * milliseconds, 0x80) + packet)
            for index, packet in enumerate(packets[first : first + per_cluster])
        )
    return file


def _element(name: int, content: bytes) -> bytes:
    size = (1 << 28 | len(content)).to_bytes(4, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + content
