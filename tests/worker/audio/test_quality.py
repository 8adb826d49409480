"""Warnings tell what makes a diagnosis less trustworthy."""

from __future__ import annotations

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.job import WarningCode
from tests.support import recordings
from worker.audio.decoding import Decoded, decode
from worker.audio.quality import quality_warnings

RATE = 16_000


def _decoded(waveform: recordings.Waveform, *, truncated: bool = False) -> Decoded:
    return Decoded(
        waveform=waveform.astype(np.float32),
        duration_s=len(waveform) / RATE,
        sample_rate=RATE,
        channels=1,
        format=AudioFormat.WAV,
        truncated=truncated,
    )


def _decode(waveform: recordings.Waveform) -> Decoded:
    recording = recordings.encode(waveform, RATE, AudioFormat.WAV)
    return decode(recording, AudioFormat.WAV, RATE, 60)


def test_a_good_recording_has_none() -> None:
    assert quality_warnings(_decode(recordings.cough())) == []


@pytest.mark.parametrize(("peak_dbfs", "quiet"), [(-40, False), (-45, False), (-47, True)])
def test_too_quiet(peak_dbfs: float, quiet: bool) -> None:
    cough = recordings.cough()
    waveform = cough / np.abs(cough).max() * 10 ** (peak_dbfs / 20)

    assert (WarningCode.TOO_QUIET in quality_warnings(_decoded(waveform))) is quiet


def test_silence_is_too_quiet() -> None:
    assert quality_warnings(_decode(np.zeros(RATE, np.float32))) == [WarningCode.TOO_QUIET]


@pytest.mark.parametrize("gain", [6.0, 30.0])
def test_clipped(gain: float) -> None:
    waveform = np.clip(recordings.cough() * gain, -1, 1)

    assert quality_warnings(_decode(waveform)) == [WarningCode.CLIPPED]


def test_a_single_sample_at_full_scale_is_not_clipping() -> None:
    waveform = recordings.cough()
    waveform[1000] = 1.0

    assert quality_warnings(_decode(waveform)) == []


@pytest.mark.parametrize(("seconds", "short"), [(0.49, True), (0.5, False)])
def test_too_short(seconds: float, short: bool) -> None:
    warnings = quality_warnings(_decode(recordings.cough(seconds)))

    assert (WarningCode.TOO_SHORT in warnings) is short


def test_truncated() -> None:
    assert quality_warnings(_decoded(recordings.cough(), truncated=True)) == [WarningCode.TRUNCATED]


def test_all_at_once() -> None:
    warnings = quality_warnings(_decoded(np.zeros(100, np.float32), truncated=True))

    assert warnings == [WarningCode.TOO_QUIET, WarningCode.TOO_SHORT, WarningCode.TRUNCATED]
