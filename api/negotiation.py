"""`Accept`: which of our media types the client would rather have (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_QUALITY = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


def preferred(accept: str | None, offers: Sequence[str]) -> str:
    """The offer that the client likes best.

    Args:
        accept: the header's value, or None. What is malformed in it is ignored.
        offers: media types, the one that we like best first: it is given where the client has no
            preference, and where it would have none of them.
    """
    ranges = [_parse(part) for part in (accept or "*/*").split(",")]
    return max(offers, key=lambda offer: _quality(offer, ranges))


def _parse(part: str) -> tuple[str, float]:
    media_range, *parameters = part.split(";")
    quality = 1.0
    for parameter in parameters:
        if parameter.strip().lower().startswith("q"):
            found = _QUALITY.fullmatch(parameter)
            quality = float(found[1]) if found else 0.0
    return media_range.strip().lower(), quality


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """That of the most specific range that the offer is in."""
    for media_range in (offer, offer.partition("/")[0] + "/*", "*/*"):
        for stated, quality in ranges:
            if stated == media_range:
                return quality
    return 0.0
