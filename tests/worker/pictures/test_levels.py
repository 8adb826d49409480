"""The levels of a recording: bounded, in place, in dB of full scale, and no peak is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.recordings import chirp
from worker.pictures.levels import BANDS, COLUMNS, QUIET_DB, RANGE_DB, Levels, levels_of

RATE = 16_000


def _hz_at(levels: Levels, column: int) -> float:
    """The middle of a column's loudest band."""
    band = int(levels.levels_db[column].argmax())
    return float(levels.bands_hz[band : band + 2].mean())


@given(
    samples=st.integers(1, 60_000),
    rate=st.sampled_from([1000, 8000, 16_000, 22_050, 44_100, 48_000]),
    loudness=st.sampled_from([0.0, 1e-6, 0.01, 1.0, 100.0]),
)
def test_whatever_the_recording_there_are_as_many_cells_within_the_range(
    samples: int, rate: int, loudness: float
) -> None:
    noise = loudness * np.random.default_rng(samples).standard_normal(samples, np.float32)

    levels = levels_of(noise.astype(np.float32), rate)

    assert levels.levels_db.shape == (COLUMNS, BANDS)
    assert levels.highest_db - levels.lowest_db == RANGE_DB
    assert levels.lowest_db <= levels.levels_db.min()
    assert levels.levels_db.max() <= levels.highest_db
    assert levels.highest_db >= QUIET_DB
    assert (levels.times_s[0], levels.bands_hz[0]) == (0, 0)
    assert levels.times_s[-1] == pytest.approx(samples / rate)
    assert levels.bands_hz[-1] == rate / 2
    assert (np.diff(levels.times_s) > 0).all()
    assert (np.diff(levels.bands_hz) > 0).all()


@pytest.mark.parametrize("seconds", [2.0, 60.0])
def test_a_chirp_rises(seconds: float) -> None:
    levels = levels_of(chirp(seconds, from_hz=300, to_hz=6300), RATE)

    for column in range(20, COLUMNS - 20, 60):
        time = levels.times_s[column : column + 2].mean()
        hz = 300 + 6000 * time / seconds
        band = np.diff(levels.bands_hz)[np.searchsorted(levels.bands_hz, hz) - 1]
        assert _hz_at(levels, column) == pytest.approx(hz, abs=1.5 * band)


@pytest.mark.parametrize("hz", [60.0, 1000.0, 7000.0])
@pytest.mark.parametrize("amplitude_db", [0, -30])
def test_a_sine_of_full_scale_is_0_db(hz: float, amplitude_db: float) -> None:
    time = np.arange(2 * RATE) / RATE
    sine = (10 ** (amplitude_db / 20) * np.sin(2 * np.pi * hz * time)).astype(np.float32)

    levels = levels_of(sine, RATE)

    middle = levels.levels_db[COLUMNS // 4 : -COLUMNS // 4]
    assert middle.max() == pytest.approx(amplitude_db, abs=1)
    assert levels.highest_db == pytest.approx(amplitude_db, abs=1)


@settings(max_examples=15)  # each a minute of sound
@given(at=st.floats(0.1, 59.9))
def test_a_click_is_as_loud_in_a_minute_as_in_a_second(at: float) -> None:
    minute = np.zeros(60 * RATE, np.float32)
    minute[round(at * RATE)] = 1.0
    second = np.zeros(RATE, np.float32)
    second[RATE // 2] = 1.0

    levels = levels_of(minute, RATE)

    column = int(levels.levels_db.max(axis=1).argmax())
    assert levels.times_s[column] - 0.02 <= at <= levels.times_s[column + 1] + 0.02
    # At worst it lies a quarter of a window from the middle of a frame: 6 dB.
    assert levels.levels_db.max() == pytest.approx(levels_of(second, RATE).levels_db.max(), abs=6)


def test_silence_is_the_lowest_level() -> None:
    levels = levels_of(np.zeros(RATE, np.float32), RATE)

    assert (levels.levels_db == levels.lowest_db).all()
    assert levels.lowest_db == QUIET_DB - RANGE_DB
