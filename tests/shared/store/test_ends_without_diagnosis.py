"""A job that cannot be diagnosed ends all the same: its workers die, its recording is gone."""

from __future__ import annotations

import redis

from shared.errors import CorruptAudioError
from shared.job import JobId, JobStatus
from shared.settings import Settings
from shared.store import keys
from shared.store.attempts import NotBegun
from tests.support.job_store import WORKER, JobStore
from tests.support.results import RESULT


def test_a_recording_that_kills_its_worker_three_times_fails(job_store: JobStore) -> None:
    job_id = job_store.create()
    for token in ("first", "second", "third"):
        job_store.begin(job_id, token)

    assert job_store.attempts.begin(job_id, "fourth", WORKER) is NotBegun.LOST

    job = job_store.read(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error.code == "worker_lost"
    assert "3 times" in job.error.detail
    assert job_store.running() == set()


def test_the_third_attempt_may_still_succeed(job_store: JobStore) -> None:
    job_id = job_store.create()
    attempts = [job_store.begin(job_id, token) for token in ("first", "second", "third")]

    assert job_store.attempts.succeed(attempts[-1], RESULT)

    assert job_store.read(job_id).status is JobStatus.SUCCEEDED


def test_the_number_of_deaths_is_a_setting(redis_url: str, redis_client: redis.Redis) -> None:
    store = JobStore(Settings(redis_url=redis_url, max_deliveries=1))
    job_id = store.create()
    store.begin(job_id, "first")

    assert store.attempts.begin(job_id, "second", WORKER) is NotBegun.LOST
    store.close()


def test_a_job_whose_recording_has_expired_fails(job_store: JobStore) -> None:
    job_id = job_store.create()
    job_store.redis.delete(keys.recording_key(job_id))  # as its time to live would

    assert job_store.attempts.begin(job_id, "token", WORKER) is NotBegun.EXPIRED

    job = job_store.read(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error.code == "recording_expired"
    assert job.finished_at is not None


def test_a_message_of_no_job_begins_nothing(job_store: JobStore) -> None:
    job_id = JobId("0" * 32)

    assert job_store.attempts.begin(job_id, "token", WORKER) is NotBegun.GONE
    assert not job_store.attempts.fail(job_id, "token", CorruptAudioError("no"))

    assert list(job_store.redis.scan_iter()) == [keys.WORKERS.encode()]


def test_a_full_redis_still_begins_and_ends_jobs(job_store: JobStore) -> None:
    begun = job_store.begin(job_store.create(), "token")
    job_id = job_store.create()
    job_store.redis.config_set("maxmemory", 1)
    try:
        assert job_store.attempts.succeed(begun, RESULT)
        attempt = job_store.begin(job_id, "token")
        assert job_store.attempts.succeed(attempt, RESULT)
    finally:
        job_store.redis.config_set("maxmemory", 0)

    assert job_store.read(job_id).status is JobStatus.SUCCEEDED
