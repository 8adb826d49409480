"""Text from elsewhere (file names, the service's words), made safe for a terminal."""

from __future__ import annotations

import sys
from typing import TextIO, cast


def printable(text: str) -> str:
    """The same with everything that could steer a terminal written out: `\\x1b` as `\\\\x1b`."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def utf8_stdout() -> TextIO:
    """Standard output as UTF-8, whatever the locale; names that are not come out as they were."""
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    return cast(TextIO, stream)
