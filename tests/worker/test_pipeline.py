"""From bytes to a result: whole, repeatable, and honest about the recording."""

from __future__ import annotations

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.errors import RecordingError, TooLongError
from shared.job import Result, WarningCode
from shared.settings import Settings
from tests.support import recordings
from tests.support.bundles import served_model
from worker.model.bundle import bundle_for
from worker.pipeline import diagnose_recording


def _diagnose(recording: bytes, audio_format: AudioFormat, max_seconds: float = 60.0) -> Result:
    bundle = bundle_for(Settings().models_dir, served_model())
    return diagnose_recording(recording, audio_format, bundle, max_seconds)


def _untimed(result: Result) -> dict[str, object]:
    return result.model_dump(exclude={"timings_ms"})


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_every_format_is_diagnosed(audio_format: AudioFormat) -> None:
    recording = recordings.encode(recordings.cough(1.0), 16_000, audio_format, channels=2)

    result = _diagnose(recording, audio_format)

    assert result.diagnosis in ("sick", "not sick")
    assert result.score in (result.probabilities.sick, result.probabilities.not_sick)
    assert result.audio.format is audio_format
    assert result.audio.channels == 2
    assert result.audio.duration_s == pytest.approx(1.0, abs=0.07)
    assert result.warnings == []
    assert "not a medical device" in result.disclaimer


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_the_same_recording_gets_the_same_answer(audio_format: AudioFormat) -> None:
    recording = recordings.encode(recordings.cough(2.0, seed=3), 16_000, audio_format)
    other = recordings.encode(recordings.chirp(1.0), 16_000, audio_format)

    before = _diagnose(recording, audio_format)
    _diagnose(other, audio_format)

    assert _untimed(_diagnose(recording, audio_format)) == _untimed(before)


def test_a_softer_recording_gets_the_same_answer() -> None:
    loud = recordings.cough(2.0)
    answers = [
        _diagnose(
            recordings.write_with_soundfile(loud * np.float32(gain), 16_000, "WAV", "FLOAT"),
            AudioFormat.WAV,
        )
        for gain in (1.0, 0.25)
    ]

    assert answers[0].probabilities.sick == pytest.approx(answers[1].probabilities.sick, abs=2e-4)


def test_timings_add_up() -> None:
    recording = recordings.encode(recordings.cough(1.0), 16_000, AudioFormat.WAV)

    timings = _diagnose(recording, AudioFormat.WAV).timings_ms

    parts = timings.decode + timings.spectrogram + timings.inference
    assert timings.total == pytest.approx(parts, abs=0.05)


def test_warnings_reach_the_result() -> None:
    silence = recordings.encode(np.zeros(4000, np.float32), 16_000, AudioFormat.WAV)

    result = _diagnose(silence, AudioFormat.WAV)

    assert result.warnings == [WarningCode.TOO_QUIET, WarningCode.TOO_SHORT]


def test_a_single_sample_is_a_recording() -> None:
    recording = recordings.encode(np.full(1, 0.1, np.float32), 16_000, AudioFormat.WAV)

    assert WarningCode.TOO_SHORT in _diagnose(recording, AudioFormat.WAV).warnings


def test_a_minute_is_a_recording_and_more_is_not() -> None:
    minute = recordings.cough(60.0, 8_000)
    recording = recordings.encode(minute, 8_000, AudioFormat.FLAC)

    assert _diagnose(recording, AudioFormat.FLAC).audio.duration_s == 60.0
    with pytest.raises(TooLongError):
        _diagnose(recording, AudioFormat.FLAC, max_seconds=59.9)


def test_what_cannot_be_decoded_is_told() -> None:
    with pytest.raises(RecordingError):
        _diagnose(b"RIFF\0\0\0\0WAVE", AudioFormat.WAV)
