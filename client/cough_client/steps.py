"""The operations on jobs, written once and run by both clients: see `calls`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Final

import httpx

from cough_client.answers import Diagnosis, Job, read_job
from cough_client.calls import READ_S, Call, Pause, Steps, exchange, json_in, path_of
from cough_client.errors import (
    ConfigurationError,
    JobEndedError,
    JobNotFoundError,
    UnexpectedAnswerError,
    WaitTimeoutError,
)
from cough_client.options import Options
from cough_client.problems import diagnosis_of, retry_after_s
from cough_client.retrying import RetryPolicy

WAIT_S: Final = 25  # asked for in one request; the service grants up to 30
_MARGIN_S: Final = 15.0  # beyond that, for the way there and back
POLL_S: Final = 1.0  # where the service neither waits nor says when to ask again
_PAGE: Final = 100  # jobs asked for at a time, as many as the service gives


@dataclass(frozen=True, slots=True)
class Submission:
    """A recording and what is asked of it; `key` makes sending it again safe."""

    recording: bytes
    options: Options
    key: str = field(default_factory=lambda: str(uuid.uuid4()))


def with_key(submission: Submission, key: str) -> Submission:
    """The same under a key of the caller's.

    Raises:
        ConfigurationError: the key cannot stand in a header.
    """
    if not re.fullmatch(r"(?! )[ -~]{1,255}(?<! )", key):
        raise ConfigurationError("An idempotency key is 1 to 255 printable ASCII characters")
    return replace(submission, key=key)


def submit(
    submission: Submission, policy: RetryPolicy, *, wait_s: int = 0, deadline: float | None = None
) -> Steps[Job]:
    """Send a recording; with `wait_s`, the answer may take so long and be the ended job."""
    call = Call(
        "POST",
        "/v1/jobs",
        headers={"Idempotency-Key": submission.key, **_prefer(wait_s)},
        form=submission.options.form(),
        recordings=[submission.recording],
        read_s=wait_s + READ_S,
    )
    return job_in((yield from exchange(call, policy, deadline)))


def diagnose(submission: Submission, policy: RetryPolicy, timeout_s: float) -> Steps[Diagnosis]:
    """Send a recording and wait for its diagnosis."""
    deadline = policy.clock() + timeout_s
    wait_s = _granted(timeout_s)
    job = yield from submit(submission, policy, wait_s=wait_s, deadline=deadline)
    if not job.terminal:
        job = yield from wait(job.id, policy, deadline - policy.clock())
    return diagnosis_of(job)


def wait(job_id: str, policy: RetryPolicy, timeout_s: float) -> Steps[Job]:
    """Ask with waiting requests until the job has ended."""
    deadline = policy.clock() + timeout_s
    while (left := deadline - policy.clock()) > 0:
        began, wait_s = policy.clock(), _granted(left)
        call = Call("GET", job_path(job_id), _prefer(wait_s), read_s=wait_s + _MARGIN_S)
        response = yield from exchange(call, policy, deadline)
        job = job_in(response)
        if job.terminal:
            return job
        if policy.clock() - began < min(POLL_S, wait_s):  # it did not wait
            yield Pause(min(retry_after_s(response) or POLL_S, left))
    raise WaitTimeoutError(f"Job {job_id} has not ended in time", job_id=job_id)


def get_job(job_id: str, policy: RetryPolicy) -> Steps[Job]:
    """The job as it stands."""
    return job_in((yield from exchange(Call("GET", job_path(job_id)), policy)))


def cancel(job_id: str, policy: RetryPolicy) -> Steps[Job]:
    """Ask for the job's end: a queued one at once, a running one at its next step."""
    try:
        return job_in((yield from exchange(Call("POST", f"{job_path(job_id)}/cancel"), policy)))
    except JobEndedError as error:
        if error.attempts == 1:
            raise
        job = yield from get_job(job_id, policy)
        if job.status != "canceled":
            raise
        return job  # by our own first try, whose answer was lost


def delete(job_id: str, policy: RetryPolicy) -> Steps[None]:
    """Forget the job, its recording and its result."""
    try:
        yield from exchange(Call("DELETE", job_path(job_id)), policy)
    except JobNotFoundError as error:
        if error.attempts == 1:
            raise


def list_jobs(
    filters: Mapping[str, str | None], cursor: str | None, policy: RetryPolicy
) -> Steps[tuple[list[Job], str | None]]:
    """One page of jobs, newest first, and the cursor of the next; None: that was the last."""
    asked = {**filters, "cursor": cursor, "limit": str(_PAGE)}
    params = {name: its for name, its in asked.items() if its is not None}
    body = json_in((yield from exchange(Call("GET", "/v1/jobs", params=params), policy)))
    jobs, following = body.get("jobs"), body.get("next")
    if not isinstance(jobs, list):
        raise UnexpectedAnswerError("The answer is not a page of jobs")
    return [read_job(job) for job in jobs], following or None


def list_models(policy: RetryPolicy) -> Steps[dict[str, Any]]:
    """The models that may be asked for, as the service tells them."""
    return json_in((yield from exchange(Call("GET", "/v1/models"), policy)))


def job_path(job_id: str) -> str:
    """The job's path."""
    return path_of("jobs", job_id)


def _prefer(wait_s: int) -> dict[str, str]:
    return {"Prefer": f"wait={wait_s}"} if wait_s else {}


def _granted(left_s: float) -> int:
    return max(1, min(WAIT_S, ceil(left_s)))


def job_in(response: httpx.Response) -> Job:
    """The job in an answer."""
    return read_job(json_in(response))
