"""Real clips, converted to every format that we take, get the diagnosis of their FLAC."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from shared.audio_format import AudioFormat
from shared.job import Result, WarningCode
from shared.settings import Settings
from tests.support import recordings
from tests.support.bundles import served_model
from tests.support.data import clips
from worker.model.bundle import bundle_for
from worker.pipeline import diagnose_recording


def _diagnose(recording: bytes, audio_format: AudioFormat) -> Result:
    bundle = bundle_for(Settings().models_dir, served_model())
    return diagnose_recording(recording, audio_format, bundle, 60.0)


@pytest.mark.parametrize("label", ["sick", "not_sick"])
def test_ten_clips(label: str) -> None:
    # Where the network itself is uncertain, and warns of it, an encoder's losses may decide.
    sure = [path for path in clips(label, 30) if not _uncertain(path)][:10]
    assert len(sure) == 10

    changed = [change for path in sure for change in _changed_diagnoses(path)]

    assert changed == []


def _uncertain(path: Path) -> bool:
    return WarningCode.UNCERTAIN in _diagnose(path.read_bytes(), AudioFormat.FLAC).warnings


def _changed_diagnoses(path: Path) -> list[str]:
    original = _diagnose(path.read_bytes(), AudioFormat.FLAC)
    waveform, sample_rate = soundfile.read(path, dtype="float32")
    changed = []
    for audio_format in AudioFormat:
        result = _diagnose(recordings.encode(waveform, sample_rate, audio_format), audio_format)
        if result.diagnosis != original.diagnosis:
            sick = original.probabilities.sick, result.probabilities.sick
            changed.append(f"{path.name} as {audio_format}: P(sick) {sick[0]} became {sick[1]}")
    return changed
