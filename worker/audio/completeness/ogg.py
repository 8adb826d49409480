"""Ogg: pages, the last of which is marked as its stream's end (RFC 3533)."""

from __future__ import annotations

_PAGE_HEADER = 27
_END_OF_STREAM = 0x04


def missing_share(data: bytes) -> float:
    """1.0 if the last page is cut, or is not the end of its stream; else 0.0."""
    position, flags = 0, 0
    while data[position : position + 4] == b"OggS":
        segments_at = position + _PAGE_HEADER
        if segments_at > len(data):
            return 1.0
        count = data[position + 26]
        segments = data[segments_at : segments_at + count]
        end = segments_at + count + sum(segments)
        if len(segments) < count or end > len(data):
            return 1.0
        flags = data[position + 5]
        position = end
    return 0.0 if flags & _END_OF_STREAM else 1.0
