"""Small files that ask for much: hours of silence, memory, nesting, tables that lie.

Each must be refused. They are written by hand, as no encoder would write them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from shared.audio_format import AudioFormat
from tests.hostile.boxes import aac_with_tables, alac_of_frame_size, compressed_moov
from tests.hostile.ebml import webm_opus
from tests.hostile.metadata import box, flac_block
from tests.hostile.ogg import ogg_opus, ogg_streams
from tests.support.flac import silent_flac
from tests.support.wav import UNKNOWN, chunk, wav

# 20 ms of stereo in CELT, which says "silence" in three bytes.
SILENCE_20_MS = b"\xfc\xff\xfe"
# 120 ms of nothing at all: six empty frames.
NOTHING_120_MS = b"\xff\x06"

Bomb = tuple[str, AudioFormat, bytes]


def bombs() -> Iterator[Bomb]:
    """Names, formats and files, none beyond 10 MiB: more is not taken anyway."""
    yield from _silence()
    yield from _lying_headers()
    yield from _nested()
    yield from _inflated()
    yield from _crowded()


def lies() -> Iterator[Bomb]:
    """Files that say less than they hold: what they say may be read, and no more."""
    yield "AAC, a billion samples", AudioFormat.M4A, aac_with_tables(per_chunk=1_000_000_000)
    for name, packet, samples in (
        ("silence", SILENCE_20_MS, 960),
        ("nothing", NOTHING_120_MS, 5760),
    ):
        data = ogg_opus(packet, 600 * 48_000 // samples, samples, granule=48_000)
        yield f"Ogg Opus, 600 s of {name} that are one second", AudioFormat.OGG_OPUS, data
    long = bytearray(silent_flac(600, sample_rate=192_000, channels=8))
    long[21] &= 0xF0
    long[22:26] = (192_000).to_bytes(4, "big")
    yield "FLAC, 600 s that are one second", AudioFormat.FLAC, bytes(long)


def _silence() -> Iterator[Bomb]:
    for rate in (48_000, 192_000, 384_000):
        for declared in (True, False):
            told = "declared" if declared else "undeclared"
            data = silent_flac(600, sample_rate=rate, channels=8, declared=declared)
            yield f"FLAC, 600 s in 8 channels at {rate} Hz, {told}", AudioFormat.FLAC, data
    data = silent_flac(5_000, sample_rate=384_000, channels=8, declared=False)
    yield "FLAC, 5000 s in 8 channels at 384000 Hz, undeclared", AudioFormat.FLAC, data
    padded = flac_block(data, 1, bytes(8_000_000))
    yield "FLAC, the same behind 8 MB of padding", AudioFormat.FLAC, padded
    data = silent_flac(59, sample_rate=384_000, channels=8)
    yield "FLAC, 59 s in 8 channels at 384000 Hz", AudioFormat.FLAC, data
    data = silent_flac(3600, sample_rate=8_000, channels=1, declared=False)
    yield "FLAC, an hour at 8000 Hz, undeclared", AudioFormat.FLAC, data
    for name, packet, seconds in (
        ("silence", SILENCE_20_MS, 0.02),
        ("nothing", NOTHING_120_MS, 0.12),
    ):
        data = ogg_opus(packet, round(600 / seconds), round(48_000 * seconds))
        yield f"Ogg Opus, 600 s of {name}", AudioFormat.OGG_OPUS, data
        data = webm_opus([packet] * round(600 / seconds), round(1000 * seconds))
        yield f"WebM, 600 s of {name}, undeclared", AudioFormat.WEBM, data


def _lying_headers() -> Iterator[Bomb]:
    for rate, channels in ((384_000, 16), (8_000, 1)):
        data = wav(bytes(100), sample_rate=rate, channels=channels, samples_length=UNKNOWN - 100)
        yield f"WAV of 4 GB at {rate} Hz", AudioFormat.WAV, data
    yield "WAV at 2 GHz", AudioFormat.WAV, wav(bytes(1000), sample_rate=1 << 30)
    yield "WAV in 65535 channels", AudioFormat.WAV, _wav_of_channels(65_535)
    yield "AAC, all samples the same bytes", AudioFormat.M4A, aac_with_tables(chunks=200_000)
    for size in (1 << 24, 0xFFFFFFFF):
        yield f"ALAC in frames of {size}", AudioFormat.M4A, alac_of_frame_size(size)


def _nested() -> Iterator[Bomb]:
    depth = 100_000
    boxes = b""
    for level in range(depth, 0, -1):
        boxes += struct.pack(">I4s", 8 * (depth - level + 1), b"moov")
    # Written from the inside, so the longest stands first.
    boxes = b"".join(boxes[at : at + 8] for at in range(len(boxes) - 8, -8, -8))
    ftyp = box(b"ftyp", b"M4A \0\0\0\0")
    yield "MP4, boxes in boxes", AudioFormat.M4A, ftyp + boxes
    lists = b"".join(
        b"LIST" + struct.pack("<I", 12 * level) + b"INFO" for level in range(depth, 0, -1)
    )
    yield "WAV, lists in lists", AudioFormat.WAV, wav(b"", before=lists)
    masters = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01" + b"\xff" * 7
    yield (
        "WebM, tags in tags",
        AudioFormat.WEBM,
        masters + b"\x12\x54\xc3\x67" + b"\x67\xc8\xff" * depth,
    )


def _inflated() -> Iterator[Bomb]:
    zeros = zlib.compress(bytes(200_000_000), 9)
    yield "MP4, a header of 200 MB deflated", AudioFormat.M4A, compressed_moov(zeros, 200_000_000)
    yield "MP4, a header of 2 GB announced", AudioFormat.M4A, compressed_moov(zeros, 0x7FFFFFFF)
    frame = b"TXXX" + _synchsafe(4 + len(zeros)) + b"\0\x09" + _synchsafe(200_000_000) + zeros
    tag = b"ID3\4\0\0" + _synchsafe(len(frame)) + frame
    yield "ID3, a text of 200 MB deflated", AudioFormat.MP3, tag + bytes(5000)
    packets = [zlib.compress(bytes(10_000_000), 9)] * 20
    data = webm_opus(packets, 20, compressed=True)
    yield "WebM, packets of 10 MB deflated", AudioFormat.WEBM, data


def _crowded() -> Iterator[Bomb]:
    yield "Ogg, 20000 streams", AudioFormat.OGG_OPUS, ogg_streams(20_000)
    trak = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24))))
    ftyp = box(b"ftyp", b"M4A \0\0\0\0")
    yield "MP4, 20000 tracks", AudioFormat.M4A, ftyp + box(b"moov", trak * 20_000)
    yield "WAV, a million chunks", AudioFormat.WAV, wav(b"", before=chunk(b"note", b"") * 1_000_000)
    yield "MP3, a million tags", AudioFormat.MP3, b"ID3\4\0\0\0\0\0\0" * 1_000_000
    frames = b"\xff\xf3\x14\xc4" + bytes(20)
    yield "MP3, 400000 frames", AudioFormat.MP3, frames * 400_000
    yield "MP4, a million boxes", AudioFormat.M4A, ftyp + box(b"free") * 1_000_000


def _wav_of_channels(channels: int) -> bytes:
    data = bytearray(wav(bytes(1000)))
    data[22:24] = struct.pack("<H", channels)
    return bytes(data)


def _synchsafe(number: int) -> bytes:
    """Four times seven bits."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
