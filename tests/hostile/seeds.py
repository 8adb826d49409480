"""Small recordings to begin fuzzing with: every format, plain and in its odd ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.hostile.odd import odd_recordings

MOST_BYTES = 12_000


def seeds() -> Iterator[tuple[str, bytes]]:
    """File names and files, each small enough that a change is likely to count."""
    for odd in odd_recordings(seconds=0.1):
        if len(odd.data) <= MOST_BYTES:
            yield re.sub(r"\W+", "-", odd.name), odd.data
