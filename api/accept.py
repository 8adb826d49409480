"""`Accept`: which of the forms that we have a client likes best (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.errors import NotAcceptableError

_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+/[\w!#$&^.+*-]+)\s*((?:;[^,]*)?)")
_QUALITY = re.compile(r";\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.IGNORECASE)


def best_of(accept: Sequence[str], offers: Sequence[str]) -> str:
    """The media type among `offers` that is liked best; of those liked alike, the first.

    Args:
        accept: the request's fields `Accept`; none: anything is liked.
        offers: media types without parameters, at least one.

    Raises:
        NotAcceptableError: none of them is accepted.
    """
    ranges = _ranges(accept)
    if not ranges:
        return offers[0]
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    if _quality(best, ranges) == 0:
        raise NotAcceptableError(f"It is there as {' or '.join(offers)}")
    return best


def _ranges(accept: Sequence[str]) -> dict[str, float]:
    """The quality of each media range; what is malformed counts for nothing."""
    ranges: dict[str, float] = {}
    for entry in ",".join(accept).split(","):
        found = _RANGE.fullmatch(entry)
        if found:
            quality = _QUALITY.search(found[2])
            ranges[found[1].lower()] = float(quality[1]) if quality else 1.0
        elif entry.strip():
            ranges.setdefault("", 0.0)  # something was asked for, though nothing that we know
    return ranges


def _quality(offer: str, ranges: dict[str, float]) -> float:
    """By the most specific range that the offer falls under."""
    kind = offer.partition("/")[0]
    return next((ranges[one] for one in (offer, f"{kind}/*", "*/*") if one in ranges), 0.0)
