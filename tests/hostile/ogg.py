"""Ogg written by hand: pages that say whatever they are told to (RFC 3533, RFC 7845)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_BEGIN, _END = 2, 4


def _crc_of(byte: int) -> int:
    crc = byte << 24
    for _ in range(8):
        crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


_CRCS = [_crc_of(byte) for byte in range(256)]


def page(
    packets: Sequence[bytes], number: int, *, granule: int = 0, flags: int = 0, serial: int = 1
) -> bytes:
    """One page of whole packets, each shorter than 255 bytes."""
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, serial, number, 0)
    rest = bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    crc = 0
    for byte in head + rest:
        crc = (crc << 8 & 0xFFFFFFFF) ^ _CRCS[crc >> 24 ^ byte]
    return head[:22] + struct.pack("<I", crc) + rest


def ogg_opus(packet: bytes, count: int, samples: int, *, granule: int | None = None) -> bytes:
    """So many times the same stereo packet of so many samples.

    Args:
        packet: of Opus.
        count: of packets.
        samples: at 48 kHz, of one packet.
        granule: what the pages say, as the end of the sound; None: the truth.
    """
    pages = [page([_head()], 0, flags=_BEGIN), page([b"OpusTags" + bytes(8)], 1)]
    for first in range(0, count, 255):
        many = min(255, count - first)
        end = (first + many) * samples if granule is None else granule
        flags = _END if first + many == count else 0
        pages.append(page([packet] * many, len(pages), granule=end, flags=flags))
    return b"".join(pages)


def ogg_streams(count: int) -> bytes:
    """The beginnings of so many streams, and nothing else."""
    return b"".join(page([_head()], 0, flags=_BEGIN, serial=serial) for serial in range(count))


def _head() -> bytes:
    return b"OpusHead\1\2" + struct.pack("<HIhB", 312, 48_000, 0, 0)
