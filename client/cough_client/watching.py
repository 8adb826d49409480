"""Following a job by its event stream, else by polling: all of it but the reading of lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cough_client.answers import Job
from cough_client.calls import Call, Pause, Steps, exchange
from cough_client.configuration import events_arguments
from cough_client.errors import WaitTimeoutError
from cough_client.events import EventReader
from cough_client.problems import retry_after_s
from cough_client.retrying import RetryPolicy
from cough_client.steps import POLL_S, job_in, job_path


class Watching:
    """One `watch` of a job: `streams` to read, one after the other, and then `poll`."""

    def __init__(self, job_id: str, policy: RetryPolicy, timeout_s: float) -> None:
        self._job_id, self._policy = job_id, policy
        self._deadline = policy.clock() + timeout_s
        self._reader = EventReader()
        self._last: Job | None = None
        self._tries = 0

    @property
    def ended(self) -> bool:
        """Whether the job has ended, as far as was told."""
        return self._last is not None and self._last.terminal

    def streams(self) -> Iterator[dict[str, Any]]:
        """For `httpx.Client.stream` and its asyncio twin: each goes on where the last one broke."""
        while self._tries < self._policy.attempts:
            self._tries += 1
            self._reader.begin()
            yield events_arguments(f"{job_path(self._job_id)}/events", self._reader.last_id)

    def backoff_s(self) -> float:
        """How long to pause before the next stream, seconds."""
        return self._policy.backoff_s(self._tries)

    def feed(self, line: str) -> Job | None:
        """Take a line of a stream; the job, if that is told with it.

        Raises:
            WaitTimeoutError: the job has not ended in time.
        """
        job = self._reader.feed(line)
        if job is None:
            self._check_deadline()
        else:
            self._last = job
        return job

    def poll(self) -> Steps[Job]:
        """Ask until the job's status is another than was told last.

        Raises:
            WaitTimeoutError: the job has not ended in time.
        """
        while True:
            call = Call("GET", job_path(self._job_id))
            response = yield from exchange(call, self._policy, self._deadline)
            job = job_in(response)
            if self._last is None or job.status != self._last.status:
                self._last = job
                return job
            self._check_deadline()
            yield Pause(retry_after_s(response) or POLL_S)

    def _check_deadline(self) -> None:
        if self._policy.clock() >= self._deadline:
            raise WaitTimeoutError(f"Job {self._job_id} has not ended in time", job_id=self._job_id)
