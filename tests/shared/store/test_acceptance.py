"""Accepting a recording stores it and its job, both or neither, and no more than the bound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import redis

from shared.errors import CorruptAudioError, JobNotFoundError, QueueFullError, StoreUnavailableError
from shared.job import JobId, JobStatus
from shared.queue import QUEUE, job_messages, jobs_in_flight, make_celery
from shared.settings import Settings
from shared.store import keys
from tests.support.job_store import MODEL, RECORDING, JobStore


def test_an_accepted_job_is_queued(job_store: JobStore) -> None:
    job_id = job_store.create()

    job = job_store.read(job_id)

    assert job.status is JobStatus.QUEUED
    assert job.model == MODEL
    assert abs(datetime.now(tz=UTC) - job.created_at) < timedelta(minutes=1)
    assert (job.started_at, job.finished_at, job.result, job.error) == (None,) * 4
    assert job_store.waiting() == {job_id}
    assert job_store.redis.get(keys.recording_key(job_id)) == RECORDING


def test_any_bytes_come_back_as_they_went_in(job_store: JobStore) -> None:
    recording = bytes(range(256)) * 1000

    attempt = job_store.begin(job_store.create(recording), "token")

    assert attempt.recording == recording


def test_what_waits_has_a_time_to_live_and_so_has_what_ended(job_store: JobStore) -> None:
    settings = job_store.settings
    job_id = job_store.create()
    waiting = job_store.redis.ttl(keys.recording_key(job_id))
    job_store.begin(job_id, "token")
    job_store.attempts.fail(job_id, "token", _an_error())
    ended = job_store.redis.ttl(keys.job_key(job_id))

    assert settings.recording_ttl_s - 60 < waiting <= settings.recording_ttl_s
    assert settings.result_ttl_s - 60 < ended <= settings.result_ttl_s


def test_a_job_that_has_not_ended_never_vanishes(job_store: JobStore) -> None:
    job_id = job_store.create()
    assert job_store.redis.ttl(keys.job_key(job_id)) == -1

    job_store.begin(job_id, "token")

    assert job_store.redis.ttl(keys.job_key(job_id)) == -1


def test_a_full_queue_stores_nothing(redis_url: str, redis_client: redis.Redis) -> None:
    store = JobStore(Settings(redis_url=redis_url, max_waiting_jobs=2))
    jobs = [store.create(), store.create()]
    before = set(redis_client.scan_iter())

    with pytest.raises(QueueFullError) as refusal:
        store.create()

    assert refusal.value.retry_after > 0
    assert set(redis_client.scan_iter()) == before
    store.begin(jobs[0], "token")  # running jobs wait no more
    store.create()
    store.close()


def test_recordings_of_too_many_bytes_store_nothing(redis_url: str) -> None:
    store = JobStore(Settings(redis_url=redis_url, max_waiting_bytes=2 * len(RECORDING)))
    jobs = [store.create(), store.create()]
    before = set(store.redis.scan_iter())

    with pytest.raises(QueueFullError):
        store.create()

    assert set(store.redis.scan_iter()) == before
    store.begin(jobs[0], "token")  # a running job still keeps its recording
    with pytest.raises(QueueFullError):
        store.create()
    store.attempts.fail(jobs[0], "token", _an_error())
    store.create()
    store.close()


def test_a_redis_out_of_memory_stores_nothing(job_store: JobStore) -> None:
    job_store.redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(StoreUnavailableError):
            job_store.create()
    finally:
        job_store.redis.config_set("maxmemory", 0)

    assert list(job_store.redis.scan_iter()) == []


def test_an_unknown_job_is_not_found(job_store: JobStore) -> None:
    with pytest.raises(JobNotFoundError):
        job_store.read(JobId("0" * 32))


def test_a_redis_that_is_away_is_told_apart_from_a_missing_job() -> None:
    store = JobStore(Settings(redis_url="unix:///nowhere/redis.sock"))

    for call in (store.create, store.health, lambda: store.read(JobId("0" * 32))):
        with pytest.raises(StoreUnavailableError):
            call()
    store.close()


def test_a_job_and_its_message_are_one_write(redis_url: str, redis_client: redis.Redis) -> None:
    settings = Settings(redis_url=redis_url, max_waiting_jobs=1)
    celery = make_celery(settings)
    store = JobStore(settings, job_messages(celery))

    job_id = store.create()
    with pytest.raises(QueueFullError):
        store.create()

    assert jobs_in_flight(redis_client) == {job_id}
    assert redis_client.llen(QUEUE) == 1
    store.close()
    celery.close()


def _an_error() -> CorruptAudioError:
    return CorruptAudioError("no")
