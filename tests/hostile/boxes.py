"""MP4 files whose tables and headers lie (ISO 14496-12)."""

from __future__ import annotations

import struct

from shared.audio_format import AudioFormat
from tests.hostile.metadata import box
from tests.support.recordings import cough, encode, write_with_pyav


def aac_with_tables(chunks: int = 1, per_chunk: int = 1) -> bytes:
    """An AAC track of `chunks * per_chunk` samples, all chunks being the same one.

    It says that all of them together last one second.
    """
    whole = encode(cough(0.2, 48_000), 48_000, AudioFormat.M4A, channels=2)
    stsd = _find(whole, b"stsd")
    frame = whole[_find_at(whole, b"mdat") + 8 :][:300]
    ftyp = box(b"ftyp", b"M4A \0\0\0\0")
    mdat = box(b"mdat", frame)
    samples = chunks * per_chunk
    stts = box(b"stts", struct.pack(">IIII", 0, 1, samples, max(1, 48_000 // samples)))
    stsz = box(b"stsz", struct.pack(">III", 0, len(frame), samples))
    stsc = box(b"stsc", struct.pack(">IIIII", 0, 1, 1, per_chunk, 1))
    offset = struct.pack(">I", len(ftyp) + 8)
    stco = box(b"stco", struct.pack(">II", 0, chunks), offset * chunks)
    stbl = box(b"stbl", stsd, stts, stsz, stsc, stco)
    dinf = _find(whole, b"dinf")
    minf = box(b"minf", box(b"smhd", bytes(8)), dinf, stbl)
    mdhd = box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 48_000, 48_000, 0x55C4, 0))
    handler = box(b"hdlr", bytes(8), b"soun", bytes(13))
    tkhd = _find(whole, b"tkhd")
    trak = box(b"trak", tkhd, box(b"mdia", mdhd, handler, minf))
    return ftyp + mdat + box(b"moov", _find(whole, b"mvhd"), trak)


def alac_of_frame_size(samples: int) -> bytes:
    """ALAC whose header says that a frame has so many samples per channel."""
    data = bytearray(write_with_pyav(cough(0.2, 48_000), 48_000, "mp4", "alac"))
    at = data.rindex(b"alac") + 8  # the box's version and flags are in between
    data[at : at + 4] = struct.pack(">I", samples)
    return bytes(data)


def compressed_moov(deflated: bytes, announced: int) -> bytes:
    """A header that is deflated, and says how long it is inflated."""
    cmvd = box(b"cmvd", struct.pack(">I", announced), deflated)
    cmov = box(b"cmov", box(b"dcom", b"zlib"), cmvd)
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", cmov)


def _find_at(file: bytes, name: bytes) -> int:
    return file.index(name) - 4


def _find(file: bytes, name: bytes) -> bytes:
    at = _find_at(file, name)
    return file[at : at + int.from_bytes(file[at : at + 4], "big")]
