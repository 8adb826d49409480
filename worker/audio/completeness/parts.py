"""How many parts of a container are looked at: half an hour has fewer, a bomb millions."""

from __future__ import annotations

from shared.errors import CorruptAudioError

MOST_PARTS = 1 << 17


def check_parts(count: int) -> None:
    """Refuse so many chunks, boxes or elements.

    Raises:
        CorruptAudioError: they are more than `MOST_PARTS`.
    """
    if count > MOST_PARTS:
        raise CorruptAudioError("The file is in more parts than a recording has")
