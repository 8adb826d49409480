"""What every operation is made of: calls and pauses, and sending until an answer stands.

An operation is a generator. It yields a `Call`, and is sent what came of it, or a `Pause`, and is
sent None. It knows no socket and never sleeps, so the blocking and the asyncio client share it
whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx

from cough_client.errors import UnexpectedAnswerError, UnreachableError
from cough_client.problems import problem_of
from cough_client.retrying import Answer, RetryPolicy

T = TypeVar("T")

READ_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request.

    Attributes:
        recordings: None: the request has no form.
        read_s: the longest wait for its answer, seconds.
        repeatable: whether it does no harm when it is done twice.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    recordings: Sequence[bytes] | None = None
    read_s: float = READ_S
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for so many seconds."""

    seconds: float


Steps = Generator[Call | Pause, Answer | None, T]


def exchange(
    call: Call, policy: RetryPolicy, deadline: float | None = None
) -> Steps[httpx.Response]:
    """Send until an answer stands.

    Raises:
        UnreachableError: no answer came.
        ProblemError: the answer is a refusal.
    """
    for attempt in itertools.count(1):
        answer = yield call
        assert answer is not None
        pause = policy.pause_s(attempt, answer, deadline, repeatable=call.repeatable)
        if pause is not None:
            yield Pause(pause)
            continue
        if isinstance(answer, httpx.TransportError):
            detail = f"No answer: {str(answer) or type(answer).__name__}"
            raise UnreachableError(detail, attempts=attempt) from answer
        if not answer.is_success:
            raise problem_of(answer, attempt)
        return answer
    raise AssertionError  # count() does not end


def path_of(resource: str, identity: str) -> str:
    """Where it is; an id that is none cannot lead anywhere else."""
    return f"/v1/{resource}/{quote(identity, safe='')}"


def json_in(response: httpx.Response) -> dict[str, Any]:
    """The JSON object in an answer.

    Raises:
        UnexpectedAnswerError: there is none.
    """
    try:
        body = response.json()
    except ValueError as error:
        raise UnexpectedAnswerError("The answer is not JSON") from error
    if not isinstance(body, dict):
        raise UnexpectedAnswerError("The answer is not a JSON object")
    return body
