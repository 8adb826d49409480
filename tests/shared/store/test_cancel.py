"""A cancel ends a queued job at once and a running one at its next step; later it does nothing."""

from __future__ import annotations

import pytest

from shared.errors import CorruptAudioError, JobEndedError, JobNotFoundError
from shared.job import JobId, JobStatus, Owner
from shared.settings import Settings
from shared.store import keys
from shared.store.attempts import NotBegun
from tests.support.job_store import RECORDING, WORKER, JobStore
from tests.support.results import RESULT


def test_a_queued_job_is_canceled_at_once(job_store: JobStore) -> None:
    job_id = job_store.create()

    job_store.cancel(job_id)

    job = job_store.read(job_id)
    assert (job.status, job.result, job.error) == (JobStatus.CANCELED, None, None)
    assert job.finished_at is not None
    assert job_store.keys_that_hold(RECORDING) == []
    assert (job_store.waiting(), job_store.running()) == (set(), set())
    assert job_store.redis.ttl(keys.job_key(job_id)) > 0
    assert job_store.attempts.begin(job_id, "token", WORKER) is NotBegun.ENDED


def test_a_running_job_is_told_to_its_attempt(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(), "token")
    assert job_store.attempts.wanted(attempt)

    job_store.cancel(attempt.job_id)

    assert job_store.read(attempt.job_id).status is JobStatus.RUNNING
    assert not job_store.attempts.wanted(attempt)
    assert job_store.attempts.cancel(attempt)
    assert job_store.read(attempt.job_id).status is JobStatus.CANCELED
    assert job_store.keys_that_hold(RECORDING) == []


@pytest.mark.parametrize("succeeds", [True, False])
def test_an_attempt_that_did_not_notice_cancels_too(job_store: JobStore, succeeds: bool) -> None:
    attempt = job_store.begin(job_store.create(), "token")
    job_store.cancel(attempt.job_id)

    if succeeds:
        assert not job_store.attempts.succeed(attempt, RESULT)
    else:
        assert not job_store.attempts.fail(attempt.job_id, "token", CorruptAudioError("no"))

    job = job_store.read(attempt.job_id)
    assert (job.status, job.result, job.error) == (JobStatus.CANCELED, None, None)


def test_a_job_to_be_canceled_whose_worker_died_is_canceled(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(), "token")
    job_store.cancel(attempt.job_id)

    assert job_store.attempts.begin(attempt.job_id, "again", WORKER) is NotBegun.CANCELED

    assert job_store.read(attempt.job_id).status is JobStatus.CANCELED


def test_an_attempt_that_lost_its_job_is_not_wanted(job_store: JobStore) -> None:
    first = job_store.begin(job_store.create(), "first")
    second = job_store.begin(first.job_id, "second")
    assert (job_store.attempts.wanted(first), job_store.attempts.wanted(second)) == (False, True)

    job_store.delete(first.job_id)

    assert not job_store.attempts.wanted(second)
    assert not job_store.attempts.cancel(second)


def test_what_has_ended_stays_as_it_is(job_store: JobStore) -> None:
    succeeded = job_store.begin(job_store.create(), "token")
    job_store.attempts.succeed(succeeded, RESULT)
    canceled = job_store.create()
    job_store.cancel(canceled)
    before = [job_store.stored(job_id) for job_id in (succeeded.job_id, canceled)]

    for job_id in (succeeded.job_id, canceled):
        with pytest.raises(JobEndedError):
            job_store.cancel(job_id)

    assert [job_store.stored(job_id) for job_id in (succeeded.job_id, canceled)] == before


def test_nobody_else_cancels_it(job_store: JobStore) -> None:
    job_id = job_store.create(owner=Owner("alice"))

    for owner in (Owner("bob"), Owner("")):
        with pytest.raises(JobNotFoundError):
            job_store.cancel(job_id, owner)
    with pytest.raises(JobNotFoundError):
        job_store.cancel(JobId("0" * 32))

    assert job_store.read(job_id, Owner("alice")).status is JobStatus.QUEUED


def test_a_canceled_job_makes_room(redis_url: str) -> None:
    store = JobStore(Settings(redis_url=redis_url, max_waiting_jobs=1))
    store.cancel(store.create())
    store.create()
    store.close()
