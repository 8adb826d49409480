"""Retries go on for a day, ever more rarely, never at once and never for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.store.deliveries import MOST_ATTEMPTS
from worker.courier.schedule import DAY_S, JITTER, LONGEST_S, next_delay

CHANCES = st.floats(0, 1)
FIRST_S = st.floats(1, 600)
RETRY_AFTER_S = st.none() | st.floats(0, 1e12)


@given(st.data(), FIRST_S)
def test_every_series_ends_within_a_day(data: st.DataObject, first_s: float) -> None:
    elapsed, failures = 0.0, 1
    while True:
        delay = next_delay(failures, elapsed, first_s, data.draw(CHANCES), data.draw(RETRY_AFTER_S))
        if delay is None:
            break
        assert delay >= first_s * (1 - JITTER)
        elapsed += delay
        failures += 1
    assert elapsed <= DAY_S
    assert failures <= MOST_ATTEMPTS
    # It gave up only when the day had no room left for the longest wait.
    assert elapsed > DAY_S - LONGEST_S * (1 + JITTER)


@given(st.integers(1, 10**6), FIRST_S, CHANCES)
def test_waits_grow_threefold_up_to_the_longest(
    failures: int, first_s: float, chance: float
) -> None:
    delay = next_delay(failures, 0, first_s, chance, None)
    after = next_delay(failures + 1, 0, first_s, chance, None)

    assert delay is not None
    assert after is not None
    longest = LONGEST_S * (1 - JITTER + 2 * JITTER * chance)
    assert delay <= after <= longest * (1 + 1e-9)
    assert after >= min(3 * delay, longest) * (1 - 1e-9)


@given(st.integers(1, 30), FIRST_S)
def test_jitter_spreads_those_who_failed_together(failures: int, first_s: float) -> None:
    soonest, middle, latest = (
        next_delay(failures, 0, first_s, chance, None) or 0 for chance in (0, 0.5, 1)
    )

    assert soonest < middle < latest
    assert latest / soonest > 1.4


@given(st.integers(1, 30), FIRST_S, CHANCES, st.floats(0, 1e12))
def test_who_asks_for_time_gets_it_within_bounds(
    failures: int, first_s: float, chance: float, asked_s: float
) -> None:
    delay = next_delay(failures, 0, first_s, chance, asked_s)

    assert delay is not None
    assert delay >= min(asked_s, LONGEST_S)
    assert delay <= LONGEST_S * (1 + JITTER) * (1 + 1e-9)
    assert delay >= (next_delay(failures, 0, first_s, chance, None) or 0)


def test_the_default_in_the_middle() -> None:
    delays = [next_delay(failures, 0, 5, 0.5, None) for failures in range(1, 11)]

    assert delays == [5, 15, 45, 135, 405, 1215, 3645, 10935, 14400, 14400]
