"""From the service's refusals and failed jobs to the errors of `cough_client.errors`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from cough_client.answers import Diagnosis, Job
from cough_client.errors import (
    JobCanceledError,
    JobEndedWithoutDiagnosisError,
    ProblemError,
    RecordingError,
    RequestError,
    ServiceError,
    TryLaterError,
)

_KNOWN_MEMBERS: Final = {"type", "title", "status", "detail", "instance", "code"}


def _leaves(base: type[ProblemError]) -> Iterator[type[ProblemError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _leaves(kind)


_BY_CODE: Final = {kind.code: kind for kind in _leaves(ProblemError)}
_FAILURES: Final = {kind.code: kind for kind in RecordingError.__subclasses__()}


def problem_of(response: httpx.Response, attempts: int = 1) -> ProblemError:
    """The error that an answer of 300 and above stands for, be its body a problem or not."""
    try:
        body = response.json()
    except ValueError:
        body = None
    members = body if isinstance(body, dict) else {}
    code = members.get("code")
    kind = _BY_CODE.get(code) if isinstance(code, str) else None
    phrase = f"{response.status_code} {response.reason_phrase}".strip()
    return (kind or _class_of_status(response.status_code))(
        str(members.get("detail") or members.get("title") or phrase),
        code=code if isinstance(code, str) else None,
        status=response.status_code,
        retry_after=retry_after_s(response),
        attempts=attempts,
        extensions={name: its for name, its in members.items() if name not in _KNOWN_MEMBERS},
    )


def diagnosis_of(job: Job) -> Diagnosis:
    """The diagnosis of an ended job.

    Raises:
        JobEndedWithoutDiagnosisError: it failed or was canceled.
    """
    if job.diagnosis is not None:
        return job.diagnosis
    if job.failure is not None:
        raise failure_of(job.failure.code, job.failure.detail, job.id)
    if job.status == "canceled":
        raise JobCanceledError("The job was canceled", job_id=job.id)
    raise JobEndedWithoutDiagnosisError(f"The job is {job.status}", job_id=job.id)


def failure_of(code: str, detail: str, job_id: str | None = None) -> RecordingError:
    """The error of a failed job's code."""
    return _FAILURES.get(code, RecordingError)(detail, code=code, job_id=job_id)


def retry_after_s(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After` (RFC 9110, 10.2.3: seconds or a date); None: it says none."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _class_of_status(status: int) -> type[ProblemError]:
    if status >= 500:
        return ServiceError
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return TryLaterError
    return RequestError if status >= 400 else ProblemError
