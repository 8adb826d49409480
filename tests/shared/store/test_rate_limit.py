"""The limiter's arithmetic, where it runs: in Redis's Lua, at times that the test chooses."""

from __future__ import annotations

import math
from typing import cast

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.store.rate_limit import TAKE

# ARGV: limit, then times. Returns for each: let through, left, wait.
_RUN = (
    TAKE
    + """
local limit, full, answers = tonumber(ARGV[1]), nil, {}
for place = 2, #ARGV do
  local through, left, wait
  full, through, left, wait = take(full, tonumber(ARGV[place]), limit)
  full = tonumber(string.format('%.0f', full))
  answers[#answers + 1] = {through and 1 or 0, left, wait}
end
return answers
"""
)
_NOW = 1_795_560_721_000_000  # microseconds: as large as they are

Answers = list[list[int]]


def _run(client: redis.Redis, limit: int, times: list[int]) -> Answers:
    return cast(Answers, client.eval(_RUN, 0, limit, *times))


@st.composite
def _limit_and_times(draw: st.DrawFn) -> tuple[int, list[int]]:
    limit = draw(st.integers(1, 30) | st.sampled_from([600, 7777, 1_000_000]))
    interval = math.ceil(60_000_000 / limit)
    gap = st.one_of(
        st.just(0),
        st.integers(0, 3 * interval),
        st.sampled_from([interval - 1, interval, interval + 1, limit * interval]),
    )
    times = [_NOW]
    for one in draw(st.lists(gap, max_size=60)):
        times.append(times[-1] + one)
    return limit, times


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_limit_and_times())
def test_in_no_window_more_than_its_definition_and_none_refused_without_need(
    redis_client: redis.Redis, case: tuple[int, list[int]]
) -> None:
    limit, times = case
    interval = math.ceil(60_000_000 / limit)
    passed: list[int] = []

    for at, (through, _, _) in zip(times, _run(redis_client, limit, times), strict=True):
        # By definition: every window that ends now holds at most `limit` and one for each interval.
        windows = [*passed, at]
        fits = all(
            len(windows) - place <= limit + (at - begin) // interval
            for place, begin in enumerate(windows)
        )
        assert bool(through) == fits
        if through:
            passed.append(at)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_limit_and_times())
def test_what_is_told_holds(redis_client: redis.Redis, case: tuple[int, list[int]]) -> None:
    limit, times = case
    _, left, wait = _run(redis_client, limit, times)[-1]
    # As many as were left now, not one more, and one more after the wait, but no sooner.
    enough = min(left, 100)
    later = [*([times[-1]] * enough), times[-1] + wait - 1, times[-1] + wait]
    answers = [bool(through) for through, _, _ in _run(redis_client, limit, times + later)]

    assert answers[len(times) :][:enough] == [True] * enough
    if left == enough:
        assert answers[-2:] == [False, True]


@pytest.mark.parametrize("limit", [1, 7, 600, 1_000_000])
def test_a_clock_that_is_set_back_costs_no_more_than_a_minute(
    redis_client: redis.Redis, limit: int
) -> None:
    interval = math.ceil(60_000_000 / limit)
    tomorrow = _NOW + 24 * 3600 * 1_000_000

    answers = _run(redis_client, limit, [tomorrow, _NOW, _NOW + interval])

    assert [through for through, _, _ in answers] == [1, 0, 1]


def test_the_limit_itself(redis_client: redis.Redis) -> None:
    answers = _run(redis_client, 600, [_NOW] * 601)

    assert [through for through, _, _ in answers] == [1] * 600 + [0]
    assert answers[0][1:] == [599, 100_000]
    assert answers[-1][1:] == [0, 100_000]
