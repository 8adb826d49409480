"""MP4 (ISO 14496-12): boxes with a 32- or 64-bit length."""

from __future__ import annotations

from worker.audio.completeness.parts import check_parts


def missing_share(data: bytes) -> float:
    """Share of the last top-level box that is not there; 1.0 if not even its header is.

    Raises:
        CorruptAudioError: there are too many boxes.
    """
    position, parts = 0, 0
    while position + 8 <= len(data):
        parts += 1
        check_parts(parts)
        length = int.from_bytes(data[position : position + 4], "big")
        header = 8
        if length == 1:
            length, header = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        if length < header:
            return 0.0  # 0: to the end of the file; else not a box: the decoder has the last word
        if position + length > len(data):
            return 1.0 - (len(data) - position) / length
        position += length
    return 0.0 if position == len(data) else 1.0
