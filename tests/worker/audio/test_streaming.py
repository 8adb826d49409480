"""Recordings as browsers, phones and pipes write them: lengths that nobody could fill in."""

from __future__ import annotations

import numpy as np
import pytest

from shared.audio_format import sniff
from tests.support import recordings
from worker.audio.decoding import decode

RATE = 16_000
UNKNOWN_SIZE_SEGMENT = b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"


FRAGMENTED = {"movflags": "frag_keyframe+empty_moov"}


@pytest.mark.parametrize(
    ("container", "codec", "options", "delay"),
    [
        ("webm", "libopus", {"live": "1"}, 0),
        ("webm", "libopus", {"live": "1", "cluster_time_limit": "300"}, 0),
        ("webm", "libopus", {}, 0),
        ("ogg", "libopus", {}, 0),
        ("mp3", "libmp3lame", {"write_xing": "0"}, 1105),
        ("wav", "pcm_s16le", {}, 0),
        ("flac", "flac", {}, 0),
        ("mp4", "aac", FRAGMENTED, 1024),
        ("mp4", "libopus", FRAGMENTED, 0),
    ],
)
def test_a_complete_stream_is_a_complete_recording(
    container: str, codec: str, options: dict[str, str], delay: int
) -> None:
    """`delay`: samples that the encoder put in front, where the container has no word for it."""
    chirp = recordings.chirp(1.5, RATE)
    recording = recordings.write_with_pyav(
        chirp, RATE, container, codec, seekable=False, options=options
    )
    audio_format = sniff(recording)
    assert audio_format is not None

    decoded = decode(recording, audio_format, RATE, 60)

    assert not decoded.truncated
    assert decoded.duration_s == pytest.approx(1.5 + delay / RATE, abs=0.06)
    difference = decoded.waveform[delay : delay + 20_000] - chirp[:20_000]
    assert np.sqrt(np.mean(difference**2) / np.mean(chirp**2)) < 0.1


def test_a_browsers_webm_has_no_length() -> None:
    recording = recordings.write_with_pyav(
        recordings.cough(), RATE, "webm", "libopus", seekable=False, options={"live": "1"}
    )

    assert UNKNOWN_SIZE_SEGMENT in recording
