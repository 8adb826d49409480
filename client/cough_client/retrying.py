"""When a request is sent again, and after how long."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from cough_client.problems import problem_of, retry_after_s

# Answers after which the same request may do better. What makes a job carries an idempotency key,
# so that it is safe to repeat.
_PASSING: Final = frozenset({408, 429, 502, 503, 504})
# What makes a batch does not: it is sent again after one of these refusals, with which the service
# says that it has taken nothing, or when it never reached the service.
_NOTHING_TAKEN: Final = frozenset({"rate_limited", "request_timeout", "uploads_full"})
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Answer = httpx.Response | httpx.TransportError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter, never before the service's `Retry-After`.

    Attributes:
        attempts: how often a request is sent at most, at least 1.
        base_s: the longest first pause, seconds; each following one may be twice as long.
        cap_s: the longest pause without `Retry-After`, seconds.
        longest_retry_after_s: a service that asks for more patience is not asked again, seconds.
        random: from [0, 1).
        clock: seconds, of any beginning.
    """

    attempts: int = 6
    base_s: float = 0.5
    cap_s: float = 20.0
    longest_retry_after_s: float = 60.0
    random: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic

    def pause_s(
        self,
        attempt: int,
        answer: Answer,
        deadline: float | None = None,
        *,
        repeatable: bool = True,
    ) -> float | None:
        """Seconds until the request is sent again; None: the answer stands.

        Args:
            attempt: how often it was sent, from 1.
            answer: what came of it.
            deadline: by `clock`; no pause ends after it.
            repeatable: whether the request does no harm when it is done twice.
        """
        if attempt >= self.attempts or not _may_pass(answer):
            return None
        if not (repeatable or _nothing_came_of(answer)):
            return None
        asked = retry_after_s(answer) if isinstance(answer, httpx.Response) else None
        if asked is not None and asked > self.longest_retry_after_s:
            return None
        pause = (asked or 0.0) + self.backoff_s(attempt)
        if deadline is not None and self.clock() + pause > deadline:
            return None
        return pause

    def backoff_s(self, attempt: int) -> float:
        """A pause of [0, base * 2^(attempt-1)) seconds, capped; `attempt` counts from 1."""
        longest = min(self.cap_s, self.base_s * 2.0 ** min(attempt - 1, 64))
        return longest * self.random()


def _may_pass(answer: Answer) -> bool:
    if isinstance(answer, httpx.Response):
        # A conflict that says when to come again: our own first try, whose answer was lost, is
        # still under way.
        conflict = answer.status_code == httpx.codes.CONFLICT
        return answer.status_code in _PASSING or (conflict and "retry-after" in answer.headers)
    return not isinstance(answer, httpx.UnsupportedProtocol)


def _nothing_came_of(answer: Answer) -> bool:
    """Whether that is certain."""
    if isinstance(answer, httpx.Response):
        return problem_of(answer).code in _NOTHING_TAKEN
    return isinstance(answer, _NEVER_SENT)
