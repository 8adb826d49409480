"""Ways in which a job ends, in a store on a real Redis."""

from __future__ import annotations

from shared.errors import CorruptAudioError
from shared.job import JobId
from tests.support.job_store import WORKER, JobStore
from tests.support.results import RESULT


def succeed(store: JobStore, job_id: JobId) -> None:
    """It is diagnosed."""
    store.attempts.succeed(store.begin(job_id, "token"), RESULT)


def fail(store: JobStore, job_id: JobId) -> None:
    """It cannot be decoded."""
    store.begin(job_id, "token")
    store.attempts.fail(job_id, "token", CorruptAudioError("no"))


def lose_workers(store: JobStore, job_id: JobId) -> None:
    """It kills three workers, and a fourth gives it up."""
    for token in ("first", "second", "third"):
        store.begin(job_id, token)
    store.attempts.begin(job_id, "fourth", WORKER)
