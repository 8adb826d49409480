"""RIFF (WAV) and IFF (AIFF): chunks with a four-letter name and a 32-bit length."""

from __future__ import annotations

from typing import Literal

from shared.errors import CorruptAudioError
from worker.audio.completeness.parts import check_parts

# Both lengths: a writer that could not seek back, such as a pipe; or RF64, whose chunk ds64 tells.
_UNKNOWN = 0xFFFFFFFF
_HEADER = 8


def missing_share(data: bytes) -> float:
    """Share of the sample data chunk that is not there.

    Raises:
        CorruptAudioError: what follows the sample data is no chunk, so its length was a lie; or
            there are too many chunks.
    """
    order: Literal["little", "big"] = "little" if data[:4] in (b"RIFF", b"RF64") else "big"
    samples = b"SSND" if data[:4] == b"FORM" else b"data"
    form_length = int.from_bytes(data[4:8], order)
    end_of_form = len(data) if form_length == _UNKNOWN else min(len(data), _HEADER + form_length)
    long_length, parts = 0, 0
    position = 12
    seen_samples = False
    while position + _HEADER <= end_of_form:
        parts += 1
        check_parts(parts)
        name = data[position : position + 4]
        length = int.from_bytes(data[position + 4 : position + 8], order)
        if not all(0x20 <= letter < 0x7F for letter in name):
            if seen_samples:
                raise CorruptAudioError("The header's length of the sample data is wrong")
            return 0.0  # not a chunk: the decoder has the last word
        if name == b"ds64":  # of the form, then of the sample data (EBU Tech 3306)
            long_length = int.from_bytes(data[position + 16 : position + 24], order)
        if name == samples:
            if length == _UNKNOWN == form_length:
                if not long_length:
                    return 0.0
                length = long_length
            available = len(data) - position - _HEADER
            if length > available:
                return 1.0 - available / length
            seen_samples = True
        position += _HEADER + length + length % 2
    return 0.0 if seen_samples or position <= len(data) else 1.0
