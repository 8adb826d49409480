"""Is the file all there? Told from its container, before anything is decoded.

Decoders read what they find and say nothing when the rest is missing, so a recording whose
upload was cut short would be diagnosed as if it were whole.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.audio_format import AudioFormat
from worker.audio.completeness import chunks, ebml, mp4, mpeg, ogg

_CHECKS: dict[AudioFormat, Callable[[bytes], float]] = {
    AudioFormat.WAV: chunks.missing_share,
    AudioFormat.AIFF: chunks.missing_share,
    AudioFormat.OGG_VORBIS: ogg.missing_share,
    AudioFormat.OGG_OPUS: ogg.missing_share,
    AudioFormat.MP3: mpeg.missing_share,
    AudioFormat.M4A: mp4.missing_share,
    AudioFormat.WEBM: ebml.missing_share,
}


def missing_share(data: bytes, audio_format: AudioFormat) -> float:
    """How much of what the container declares is not there.

    Args:
        data: the whole file.
        audio_format: as sniffed.

    Returns:
        0.0: nothing, or the container does not say (FLAC counts samples instead: its reader
        tells). Up to 1.0: this share of it; 1.0 also where it was cut at an unknown place.

    Raises:
        CorruptAudioError: the container contradicts itself.
    """
    check = _CHECKS.get(audio_format)
    return check(data) if check else 0.0
