"""FLAC of pure silence, written by hand: hours of it in a few kilobytes, in no time.

Frames of constant subframes, as the format's specification gives them (RFC 9639).
"""

from __future__ import annotations

_BLOCK = 65_535  # samples per frame: the most there can be
_BITS_PER_SAMPLE = 16


def silent_flac(seconds: int, *, sample_rate: int, channels: int, declared: bool = True) -> bytes:
    """So much digital silence; where it is not `declared`, the header does not say how much."""
    total = seconds * sample_rate
    blocks = -(-total // _BLOCK)
    info = _BLOCK.to_bytes(2, "big") * 2 + bytes(6)
    info += (
        sample_rate << 44
        | (channels - 1) << 41
        | (_BITS_PER_SAMPLE - 1) << 36
        | (blocks * _BLOCK if declared else 0)
    ).to_bytes(8, "big")
    info += bytes(16)  # the MD5 sum is not known
    header = b"fLaC\x80" + len(info).to_bytes(3, "big") + info
    return header + b"".join(_frame(number, channels) for number in range(blocks))


def _frame(number: int, channels: int) -> bytes:
    # A sync code and fixed blocks; 16 bits of block size at the end of the header, the sample rate
    # of the stream; independent channels of 16 bits.
    header = b"\xff\xf8\x70" + bytes([(channels - 1) << 4 | 0x08])
    header += _number(number) + (_BLOCK - 1).to_bytes(2, "big")
    header += _crc(header, 8, 0x07).to_bytes(1, "big")
    frame = header + bytes(3) * channels  # constant, and the constant is 0
    return frame + _crc(frame, 16, 0x8005).to_bytes(2, "big")


def _number(number: int) -> bytes:
    """As UTF-8 codes a character."""
    return chr(number).encode("utf-8", "surrogatepass")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    crc, top = 0, 1 << (bits - 1)
    for byte in data:
        crc ^= byte << (bits - 8)
        for _ in range(8):
            crc = (crc << 1 ^ polynomial if crc & top else crc << 1) & ((1 << bits) - 1)
    return crc
