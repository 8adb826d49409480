"""WebM (Matroska, RFC 9559): EBML elements, of known length or, when streamed, of unknown."""

from __future__ import annotations

from worker.audio.completeness.parts import check_parts

_SEGMENT = 0x18538067


def missing_share(data: bytes) -> float:
    """Share of the segment that is not there; 1.0 if a streamed one ends within an element.

    Raises:
        CorruptAudioError: there are too many elements.
    """
    position, parts = 0, 0
    while position < len(data):
        parts += 1
        check_parts(parts)
        name, size, body = element_header(data, position)
        if name is None or body > len(data):
            return 1.0
        if name == _SEGMENT and size:  # all that is needed is in it, so what follows is not
            return max(0.0, 1.0 - (len(data) - body) / size)
        # Of unknown length: its children come next.
        position = body if size is None else body + size
        if position > len(data):
            return 1.0
    return 0.0


def element_header(data: bytes, position: int) -> tuple[int | None, int | None, int]:
    """An element's name, the size of its content and where that starts; None: not known."""
    name, body = _number(data, position, keep_marker=True)
    size, body = _number(data, body, keep_marker=False) if name is not None else (None, body)
    return name, size, body


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
