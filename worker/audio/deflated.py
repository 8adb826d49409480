"""Containers with deflated parts, as zip bombs have them: no recorder writes such."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.audio_format import AudioFormat
from worker.audio.completeness.ebml import element_header
from worker.audio.id3 import skip_id3

_SEGMENT, _TRACKS, _TRACK, _ENCODINGS = 0x18538067, 0x1654AE6B, 0xAE, 0x6D80
_ID3_CHUNK = re.compile(rb"([iI][dD]3 ....)ID3", re.DOTALL)


def is_deflated(data: bytes, audio_format: AudioFormat) -> bool:
    """Whether an MP4's header is deflated, or a WebM's packets are."""
    if audio_format is AudioFormat.M4A:
        return b"dcomzlib" in data  # the beginning of every cmov box, wherever it stands
    if audio_format is AudioFormat.WEBM:
        return _has_encodings(data)
    return False


def without_id3(data: bytes, audio_format: AudioFormat) -> bytes:
    """The recording without its ID3 tags, whose frames may be deflated."""
    if audio_format is AudioFormat.MP3:
        return data[skip_id3(data) :]
    if audio_format in (AudioFormat.WAV, AudioFormat.AIFF):
        return _ID3_CHUNK.sub(rb"\1---", data)
    return data


def _has_encodings(data: bytes) -> bool:
    for name, start, end in _elements(data, 0, len(data)):
        if name == _SEGMENT:
            for inner, tracks, tracks_end in _elements(data, start, end):
                if inner == _TRACKS:
                    return any(
                        name == _ENCODINGS
                        for kind, track, track_end in _elements(data, tracks, tracks_end)
                        if kind == _TRACK
                        for name, _, _ in _elements(data, track, track_end)
                    )
    return False


def _elements(data: bytes, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Name, start and end of each element, up to the first that is not one."""
    while position < end:
        name, size, start = element_header(data, position)
        if name is None:
            return
        position = end if size is None else min(end, start + size)
        yield name, start, position
