"""MP3: a chain of frames, the first of which may say how many bytes there are (Xing, LAME)."""

from __future__ import annotations

from worker.audio.completeness.parts import MOST_PARTS
from worker.audio.id3 import skip_id3

_BITRATES = {  # kbit/s of layer III by index, ISO 11172-3 and 13818-3
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_HAS_BYTES = 0x02


def missing_share(data: bytes) -> float:
    """Share of the declared bytes that is not there; 1.0 if only the last frame is cut."""
    first = skip_id3(data)
    length = _frame_length(data, first)
    if length is None:
        return 0.0  # not at a frame: the decoder has the last word
    declared = _declared_bytes(data[first : first + length])
    if declared is not None:
        return max(0.0, 1.0 - (len(data) - first) / declared)
    return _last_frame_cut(data, first)


def _last_frame_cut(data: bytes, position: int) -> float:
    for _ in range(MOST_PARTS):
        if position + 4 > len(data):
            break
        length = _frame_length(data, position)
        if length is None:
            return 0.0  # a tag, or damage in between: not a cut
        position += length
    if position <= len(data) or data[-128:-125] == b"TAG":
        return 0.0
    return 1.0


def _frame_length(data: bytes, position: int) -> int | None:
    """Bytes of the layer III frame at `position`; None if there is none."""
    header = data[position : position + 4]
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version = header[1] >> 3 & 3
    bitrate_index, rate_index = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bitrate_index in (0, 15) or rate_index == 3:
        return None
    bitrate = _BITRATES[1 if version == 3 else 2][bitrate_index] * 1000
    samples = 1152 if version == 3 else 576
    return samples // 8 * bitrate // _RATES[version][rate_index] + (header[2] >> 1 & 1)


def _declared_bytes(frame: bytes) -> int | None:
    """The Xing header's byte count, its own frame included."""
    for name in (b"Xing", b"Info"):
        at = frame.find(name)
        if at < 0 or len(frame) < at + 16:
            continue
        flags = int.from_bytes(frame[at + 4 : at + 8], "big")
        if flags & _HAS_BYTES:
            skip = at + 8 + (4 if flags & 1 else 0)
            return int.from_bytes(frame[skip : skip + 4], "big") or None
    return None
