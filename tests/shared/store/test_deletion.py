"""Deleting a job leaves nothing of it, whatever its state and whoever is at work on it."""

from __future__ import annotations

import pytest

from shared.errors import CorruptAudioError, JobNotFoundError
from shared.job import JobId
from shared.store import keys
from shared.store.attempts import NotBegun
from tests.support.job_store import RECORDING, WORKER, JobStore
from tests.support.results import RESULT


@pytest.mark.parametrize("state", ["queued", "running", "succeeded", "failed"])
def test_nothing_is_left(job_store: JobStore, state: str) -> None:
    job_id = job_store.create()
    if state != "queued":
        attempt = job_store.begin(job_id, "token")
        if state == "succeeded":
            job_store.attempts.succeed(attempt, RESULT)
        if state == "failed":
            job_store.attempts.fail(job_id, "token", CorruptAudioError("no"))
    assert job_store.read(job_id).status == state

    job_store.delete(job_id)

    with pytest.raises(JobNotFoundError):
        job_store.read(job_id)
    assert set(job_store.redis.scan_iter()) <= {keys.WORKERS.encode()}


def test_a_run_that_was_under_way_ends_unnoticed(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(), "token")
    job_store.delete(attempt.job_id)

    assert not job_store.attempts.succeed(attempt, RESULT)
    assert not job_store.attempts.fail(attempt.job_id, "token", CorruptAudioError("no"))
    assert job_store.attempts.begin(attempt.job_id, "again", WORKER) is NotBegun.GONE

    assert set(job_store.redis.scan_iter()) == {keys.WORKERS.encode()}


def test_other_jobs_are_left_alone(job_store: JobStore) -> None:
    kept, deleted = job_store.create(), job_store.create()

    job_store.delete(deleted)

    assert job_store.begin(kept, "token").recording == RECORDING


def test_what_is_not_there_cannot_be_deleted(job_store: JobStore) -> None:
    with pytest.raises(JobNotFoundError):
        job_store.delete(JobId("0" * 32))

    job_id = job_store.create()
    job_store.delete(job_id)

    with pytest.raises(JobNotFoundError):
        job_store.delete(job_id)
