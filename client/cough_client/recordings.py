"""A recording as the caller has it: its bytes, or the path of its file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cough_client.errors import PayloadTooLargeError

Recording = bytes | str | os.PathLike[str]

# No service takes as much; what is larger is not even read.
MOST_BYTES: Final = 256 * 1024 * 1024


def read_recording(recording: Recording) -> bytes:
    """The bytes.

    Raises:
        OSError: the file cannot be read.
        PayloadTooLargeError: it has more than `MOST_BYTES`.
    """
    if isinstance(recording, bytes):
        return recording
    with Path(recording).open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise PayloadTooLargeError(f"The file has more than {MOST_BYTES} bytes")
    return data


def read_recordings(recordings: Iterable[Recording]) -> list[bytes]:
    """The bytes of each.

    Raises:
        OSError: a file cannot be read.
        PayloadTooLargeError: together they have more than `MOST_BYTES`; the rest is not read.
    """
    read, size = [], 0
    for recording in recordings:
        read.append(read_recording(recording))
        size += len(read[-1])
        if size > MOST_BYTES:
            raise PayloadTooLargeError(f"The files have more than {MOST_BYTES} bytes together")
    return read
