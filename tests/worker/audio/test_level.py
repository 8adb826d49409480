"""A cough recorded louder or softer is the same cough."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bundle import Level
from tests.support import recordings
from worker.audio.level import normalise_level

RMS = Level(method="rms", target_dbfs=-20, max_gain_db=60)
PEAK = Level(method="peak", target_dbfs=-3, max_gain_db=60)
COUGH = recordings.cough()


@pytest.mark.parametrize("level", [RMS, PEAK], ids=["rms", "peak"])
@given(gain_db=st.floats(-12, 12), seed=st.integers(0, 3))
def test_the_gain_does_not_matter(level: Level, gain_db: float, seed: int) -> None:
    cough = recordings.cough(0.5, seed=seed)

    other = normalise_level(cough * np.float32(10 ** (gain_db / 20)), level)

    assert np.allclose(other, normalise_level(cough, level), rtol=1e-5, atol=1e-7)


def test_rms_reaches_its_target() -> None:
    levelled = normalise_level(COUGH, RMS)

    assert 20 * np.log10(np.sqrt(np.mean(levelled**2))) == pytest.approx(-20, abs=0.01)


def test_peak_reaches_its_target() -> None:
    levelled = normalise_level(COUGH, PEAK)

    assert 20 * np.log10(np.abs(levelled).max()) == pytest.approx(-3, abs=0.01)


@pytest.mark.parametrize("level", [RMS, PEAK], ids=["rms", "peak"])
def test_near_silence_is_amplified_no_further_than_agreed(level: Level) -> None:
    faint = COUGH * np.float32(1e-6)

    assert np.allclose(normalise_level(faint, level), faint * 1000, rtol=1e-5)


@pytest.mark.parametrize("method", ["none", "peak", "rms"])
def test_silence_and_nothing_stay_what_they_are(method: Literal["none", "peak", "rms"]) -> None:
    level = Level(method=method)

    for waveform in (np.zeros(1000, np.float32), np.zeros(0, np.float32)):
        assert np.array_equal(normalise_level(waveform, level), waveform)


def test_none_changes_nothing() -> None:
    assert normalise_level(COUGH, Level(method="none")) is COUGH


@pytest.mark.parametrize("level", [RMS, PEAK], ids=["rms", "peak"])
def test_what_comes_in_is_left_alone(level: Level) -> None:
    before = COUGH.copy()

    assert normalise_level(COUGH, level).dtype == np.float32
    assert np.array_equal(COUGH, before)
