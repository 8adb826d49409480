"""Ogg's pages, one after another (RFC 3533)."""

from __future__ import annotations

from collections.abc import Iterator

BEGINNING_OF_STREAM = 0x02
END_OF_STREAM = 0x04
_HEADER = 27


def page_flags(data: bytes) -> Iterator[int | None]:
    """The flags of each page in turn, up to what is none; None: this one, the last, is cut."""
    position = 0
    while data[position : position + 4] == b"OggS":
        segments_at = position + _HEADER
        if segments_at > len(data):
            yield None
            return
        count = data[position + 26]
        segments = data[segments_at : segments_at + count]
        end = segments_at + count + sum(segments)
        if len(segments) < count or end > len(data):
            yield None
            return
        yield data[position + 5]
        position = end


def is_chained(data: bytes) -> bool:
    """Whether a stream begins behind another's pages, not beside its beginning."""
    began = False
    for flags in page_flags(data):
        begins = bool((flags or 0) & BEGINNING_OF_STREAM)
        if begins and began:
            return True
        began = began or not begins
    return False
