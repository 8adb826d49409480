"""ID3v2 tags, which stand before the sound: of an MP3, as a rule."""

from __future__ import annotations

_HEADER = 10
_MOST_TAGS = 1000


def skip_id3(data: bytes) -> int:
    """Where what is behind any ID3v2 tags starts (their length: four times seven bits)."""
    position = 0
    for _ in range(_MOST_TAGS):
        if data[position : position + 3] != b"ID3" or position + _HEADER > len(data):
            break
        size = 0
        for byte in data[position + 6 : position + _HEADER]:
            size = size << 7 | byte & 0x7F
        has_footer = data[position + 5] & 0x10
        position += _HEADER + size + (_HEADER if has_footer else 0)
    return position
