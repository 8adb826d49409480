"""WAV files written by hand, so that their headers can say anything."""

from __future__ import annotations

import struct

import numpy as np

from tests.support.recordings import Waveform

UNKNOWN = 0xFFFFFFFF
PCM, FLOAT = 1, 3


def wav(
    samples: bytes,
    *,
    sample_rate: int = 16_000,
    channels: int = 1,
    bits: int = 16,
    encoding: int = PCM,
    samples_length: int | None = None,
    form_length: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A WAV file of these sample bytes.

    Args:
        samples: of the data chunk, as they are.
        sample_rate: in the header.
        channels: in the header.
        bits: per sample, in the header.
        encoding: the format tag, `PCM` or `FLOAT`.
        samples_length: of the data chunk; None: the truth.
        form_length: of the RIFF form; None: the truth.
        before: chunks in front of the data chunk.
        after: chunks behind it.
    """
    align = channels * bits // 8
    head = struct.pack("<HHIIHH", encoding, channels, sample_rate, sample_rate * align, align, bits)
    body = b"WAVE" + chunk(b"fmt ", head) + before
    body += chunk(b"data", samples, samples_length) + after
    return b"RIFF" + struct.pack("<I", len(body) if form_length is None else form_length) + body


def chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
    """A RIFF chunk, padded to an even length."""
    size = len(content) if length is None else length
    return name + struct.pack("<I", size) + content + b"\0" * (len(content) % 2)


def pcm16(waveform: Waveform) -> bytes:
    """Samples as 16-bit integers."""
    return np.round(waveform * 32767).astype("<i2").tobytes()


def float32(waveform: Waveform) -> bytes:
    """Samples as they are."""
    return waveform.astype("<f4").tobytes()
