"""From bytes to a result: whole, repeatable, and honest about the recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.bundle import DISCLAIMER
from shared.errors import RecordingError, TooLongError
from shared.job import Result, WarningCode
from shared.settings import Settings
from tests.support import recordings
from tests.support.bundles import change_card, served_model
from tests.support.networks import put_network, tiny_network
from worker.diagnosis import calibrated
from worker.model.bundle import Bundle, bundle_for, load_bundle
from worker.model.evidence import clip_evidence
from worker.pipeline import diagnose_recording, examine_recording

ABOUT_THE_RECORDING = {
    WarningCode.TOO_QUIET,
    WarningCode.CLIPPED,
    WarningCode.TOO_SHORT,
    WarningCode.TRUNCATED,
}


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
    assert not set(result.warnings) & ABOUT_THE_RECORDING
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

    assert result.warnings[:2] == [WarningCode.TOO_QUIET, WarningCode.TOO_SHORT]


def _doubting(folder: Path, **changes: object) -> Bundle:
    doubts = {"uncertain_from": 0, "uncertain_to": 0, "event_below": 0, "chosen": "by a test"}
    change_card(folder, lambda card: card.update(doubts=doubts | changes))
    return load_bundle(folder)


def test_doubts_come_after_what_is_wrong_with_the_recording(bundle_copy: Path) -> None:
    silence = recordings.encode(np.zeros(4000, np.float32), 16_000, AudioFormat.WAV)
    bundle = _doubting(bundle_copy, uncertain_to=1, event_below=1)

    result = diagnose_recording(silence, AudioFormat.WAV, bundle, 60.0)

    assert result.warnings == [
        WarningCode.TOO_QUIET,
        WarningCode.TOO_SHORT,
        WarningCode.NO_COUGH_OR_SNEEZE_HEARD,
        WarningCode.UNCERTAIN,
    ]


@pytest.mark.parametrize("above", [True, False])
def test_whether_a_cough_was_heard_is_the_network_s_own_word(
    bundle_copy: Path, above: bool
) -> None:
    """The tiny network's `event` is its patches' least value; the greatest of these counts."""
    put_network(bundle_copy, tiny_network())
    recording = recordings.encode(recordings.cough(3.0), 16_000, AudioFormat.WAV)
    certain = {"scale": 1.0, "offset": 0.0}
    bundle = _doubting(bundle_copy, event=certain)
    examined = examine_recording(recording, AudioFormat.WAV, bundle, 60.0)
    assert examined.outputs.event is not None
    heard = 1 / (1 + np.exp(-float(examined.outputs.event.max())))
    below = heard * (0.99 if above else 1.01)

    doubted = _doubting(bundle_copy, event=certain, event_below=below)
    result = diagnose_recording(recording, AudioFormat.WAV, doubted, 60.0)

    assert result.warnings == ([] if above else [WarningCode.NO_COUGH_OR_SNEEZE_HEARD])


def test_the_evidence_of_a_recording_sums_to_its_logit(bundle_copy: Path) -> None:
    put_network(bundle_copy, tiny_network())
    bundle = load_bundle(bundle_copy)
    recording = recordings.encode(recordings.cough(3.3), 16_000, AudioFormat.WAV)

    examined = examine_recording(recording, AudioFormat.WAV, bundle, 60.0)
    clip_map = clip_evidence(examined.outputs, bundle.card.front_end).map

    assert clip_map is not None
    sick = calibrated(float(clip_map.values.sum()), bundle.card.calibration)
    assert examined.result.probabilities.sick == pytest.approx(sick, abs=1e-4)
    assert clip_map.times_s[-1] >= 3.3


def test_a_caveat_goes_before_the_disclaimer(bundle_copy: Path) -> None:
    change_card(bundle_copy, lambda card: card.update(caveat="Only an experiment."))
    recording = recordings.encode(recordings.cough(1.0), 16_000, AudioFormat.WAV)

    result = diagnose_recording(recording, AudioFormat.WAV, load_bundle(bundle_copy), 60.0)

    assert result.disclaimer == f"Only an experiment. {DISCLAIMER}"


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


def test_between_the_steps_it_can_be_stopped() -> None:
    class StoppedError(Exception):
        pass

    def stop() -> None:
        calls.append(1)
        if len(calls) == most:
            raise StoppedError

    recording = recordings.encode(recordings.cough(1.0), 16_000, AudioFormat.WAV)
    bundle = bundle_for(Settings().models_dir, served_model())
    for most in (1, 2):
        calls: list[int] = []
        with pytest.raises(StoppedError):
            diagnose_recording(recording, AudioFormat.WAV, bundle, 60.0, stop)
        assert len(calls) == most
