"""WebM (Matroska, RFC 9559): EBML elements, of known length or, when streamed, of unknown."""

from __future__ import annotations

_SEGMENT = 0x18538067


def missing_share(data: bytes) -> float:
    """Share of the segment that is not there; 1.0 if a streamed one ends within an element."""
    position = 0
    while position < len(data):
        name, body = _number(data, position, keep_marker=True)
        size, body = _number(data, body, keep_marker=False) if name is not None else (None, body)
        if name is None or body > len(data):
            return 1.0
        if name == _SEGMENT and size:  # all that is needed is in it, so what follows is not
            return max(0.0, 1.0 - (len(data) - body) / size)
        # Of unknown length: its children come next.
        position = body if size is None else body + size
        if position > len(data):
            return 1.0
    return 0.0


def _number(data: bytes, position: int, *, keep_marker: bool) -> tuple[int | None, int]:
    """A variable-length number and where it ends; None for "unknown", or an invalid one."""
    first = data[position] if position < len(data) else 0
    length = 9 - first.bit_length()
    if first == 0 or length > 8:
        return None, position + 1
    value = int.from_bytes(data[position : position + length], "big")
    if keep_marker:
        return value, position + length
    value &= (1 << 7 * length) - 1
    return (None if value == (1 << 7 * length) - 1 else value), position + length
