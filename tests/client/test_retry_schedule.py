"""When a request is sent again, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cough_client.problems import retry_after_s
from cough_client.retrying import RetryPolicy

LOST = httpx.ReadError("gone")
luck = st.floats(0, 1, exclude_max=True)


def _answer(status: int, retry_after: str | None = None) -> httpx.Response:
    return httpx.Response(status, headers={"retry-after": retry_after} if retry_after else {})


@given(attempt=st.integers(1, 5000), chance=luck)
def test_pauses_grow_to_the_cap_and_never_beyond(attempt: int, chance: float) -> None:
    policy = RetryPolicy(attempts=10_000, base_s=0.5, cap_s=20.0, random=lambda: chance)
    pause = policy.pause_s(attempt, LOST)
    assert pause == pytest.approx(chance * min(20.0, 0.5 * 2.0 ** min(attempt - 1, 100)))


@given(asked=st.integers(0, 60), chance=luck)
def test_it_never_comes_before_retry_after(asked: int, chance: float) -> None:
    policy = RetryPolicy(random=lambda: chance)
    pause = policy.pause_s(1, _answer(503, str(asked)))
    assert pause is not None
    assert asked <= pause <= asked + policy.base_s


def test_it_is_bounded() -> None:
    policy = RetryPolicy(attempts=3, clock=lambda: 100.0, random=lambda: 0.5)
    assert policy.pause_s(2, LOST) is not None
    assert policy.pause_s(3, LOST) is None
    assert policy.pause_s(1, _answer(503, "61")) is None
    assert policy.pause_s(1, _answer(503, "10"), deadline=105.0) is None
    assert policy.pause_s(1, _answer(503, "10"), deadline=115.0) is not None


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_what_may_pass_is_sent_again(status: int) -> None:
    assert RetryPolicy().pause_s(1, _answer(status)) is not None


@pytest.mark.parametrize("status", [200, 202, 204, 301, 400, 401, 404, 409, 413, 422, 500])
def test_what_will_not_pass_is_not(status: int) -> None:
    assert RetryPolicy().pause_s(1, _answer(status)) is None


def test_a_conflict_that_says_when_to_come_again_passes() -> None:
    assert RetryPolicy().pause_s(1, _answer(409, "1")) is not None


@pytest.mark.parametrize("value", ["", "soon", "-1", "1.5", "³"])
def test_a_retry_after_that_means_nothing_is_none(value: str) -> None:
    assert retry_after_s(httpx.Response(503, headers=[(b"retry-after", value.encode())])) is None


@pytest.mark.parametrize(("seconds", "least", "most"), [(30, 28, 30), (-30, 0, 0)])
def test_a_retry_after_may_be_a_date(seconds: int, least: float, most: float) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    asked = retry_after_s(_answer(503, date))
    assert asked is not None
    assert least <= asked <= most
