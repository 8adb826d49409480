"""Ogg: pages, the last of which is marked as its stream's end (RFC 3533)."""

from __future__ import annotations

from worker.audio.ogg_pages import END_OF_STREAM, page_flags


def missing_share(data: bytes) -> float:
    """1.0 if the last page is cut, or is not the end of its stream; else 0.0."""
    last: int | None = 0
    for flags in page_flags(data):
        last = flags
    return 0.0 if last is not None and last & END_OF_STREAM else 1.0
