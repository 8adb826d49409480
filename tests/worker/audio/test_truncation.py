"""A recording cut short is never diagnosed as if it were whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.audio_format import AudioFormat, sniff
from shared.errors import CorruptAudioError, TruncatedAudioError
from tests.support import recordings
from tests.support.flac import silent_flac
from tests.support.recordings import encode, write_with_pyav, write_with_soundfile
from worker.audio.decoding import decode

RATE = 16_000
COUGH = recordings.cough(2.0, RATE)

FILES: dict[str, Callable[[], bytes]] = {
    audio_format.value: lambda audio_format=audio_format: encode(COUGH, RATE, audio_format)
    for audio_format in AudioFormat
} | {
    "RF64": lambda: write_with_soundfile(COUGH, RATE, "RF64", "PCM_16"),
    "RIFX": lambda: write_with_soundfile(COUGH, RATE, "WAV", "PCM_16", "BIG"),
    "ADPCM in WAV": lambda: write_with_soundfile(COUGH, RATE, "WAV", "IMA_ADPCM"),
    "float AIFF": lambda: write_with_soundfile(COUGH, RATE, "AIFF", "FLOAT"),
    "Opus by libsndfile": lambda: write_with_soundfile(COUGH, RATE, "OGG", "OPUS"),
    "MP3 without its length": lambda: write_with_pyav(
        COUGH, RATE, "mp3", "libmp3lame", options={"write_xing": "0"}
    ),
    "MP3 of 48 kHz stereo": lambda: encode(
        recordings.cough(2.0, 48_000), 48_000, AudioFormat.MP3, channels=2
    ),
    "fragmented MP4": lambda: write_with_pyav(
        COUGH,
        RATE,
        "mp4",
        "aac",
        seekable=False,
        options={"movflags": "frag_keyframe+empty_moov", "frag_duration": "200000"},
    ),
    "ALAC": lambda: write_with_pyav(COUGH, RATE, "ipod", "alac"),
    "WebM as browsers stream it": lambda: write_with_pyav(
        COUGH, RATE, "webm", "libopus", seekable=False, options={"live": "1"}
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_cut_at_every_tenth(name: str) -> None:
    recording = FILES[name]()
    audio_format = sniff(recording)
    assert audio_format is not None
    decode(recording, audio_format, RATE, 60)

    for tenth in range(1, 10):
        with pytest.raises((TruncatedAudioError, CorruptAudioError)):
            decode(recording[: len(recording) * tenth // 10], audio_format, RATE, 60)


def test_a_flac_cut_between_two_frames() -> None:
    """Every frame that is there is whole: only the header's number of samples tells."""
    recording = silent_flac(20, sample_rate=48_000, channels=1)
    frame = recording.rindex(b"\xff\xf8")

    with pytest.raises((TruncatedAudioError, CorruptAudioError)):
        decode(recording[: len(recording) // 2], AudioFormat.FLAC, RATE, 60)
    with pytest.raises((TruncatedAudioError, CorruptAudioError)):
        decode(recording[:frame], AudioFormat.FLAC, RATE, 60)


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_cut_anywhere(audio_format: AudioFormat) -> None:
    """At most the last twentieth may be missing from an answer, and then it says so."""
    recording = encode(COUGH, RATE, audio_format)

    for missing in (0.01, 0.03, 0.07, 0.11, 0.37, 0.73, 0.97):
        cut = recording[: round(len(recording) * (1 - missing))]
        try:
            decoded = decode(cut, audio_format, RATE, 60)
        except (TruncatedAudioError, CorruptAudioError):
            continue
        assert missing <= 0.05
        assert decoded.truncated
        assert decoded.duration_s > 1.85


@pytest.mark.parametrize(
    "audio_format", [AudioFormat.WAV, AudioFormat.AIFF, AudioFormat.MP3, AudioFormat.WEBM]
)
def test_a_lost_last_frame_is_only_a_warning(audio_format: AudioFormat) -> None:
    recording = encode(COUGH, RATE, audio_format)

    decoded = decode(recording[: len(recording) * 98 // 100], audio_format, RATE, 60)

    assert decoded.truncated
    assert 1.9 < decoded.duration_s < 2.0
