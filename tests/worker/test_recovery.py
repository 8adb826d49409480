"""A job that lost its message is queued again; one that has its message is left alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from celery import Celery

from shared.errors import CorruptAudioError
from shared.job import JobId
from shared.queue import QUEUE, jobs_in_flight, make_celery, send_job
from shared.store import keys
from tests.support.job_store import JobStore
from worker.recovery import LEASE_S, Recovery


@pytest.fixture
def app(job_store: JobStore) -> Iterator[Celery]:
    celery = make_celery(job_store.settings)
    yield celery
    celery.close()


@pytest.fixture
def recovery(job_store: JobStore, app: Celery) -> Recovery:
    return Recovery(job_store.redis, app, "worker@one")


def _old_job(store: JobStore, *, running: bool = False) -> JobId:
    """A job that has been as it is for a minute."""
    job_id = store.create()
    if running:
        store.begin(job_id, "token")
    since = (int(store.redis.time()[0]) - 60) * 1000
    store.redis.zadd(keys.RUNNING if running else keys.QUEUED, {job_id: since})
    return job_id


@pytest.mark.parametrize("running", [False, True])
def test_two_sweeps_find_a_lost_message(
    job_store: JobStore, recovery: Recovery, running: bool
) -> None:
    job_id = _old_job(job_store, running=running)

    assert recovery.sweep() == set()
    assert jobs_in_flight(job_store.redis) == set()
    assert recovery.sweep() == {job_id}

    assert jobs_in_flight(job_store.redis) == {job_id}
    assert job_store.redis.llen(QUEUE) == 1


def test_a_message_found_again_is_not_sent_twice(job_store: JobStore, recovery: Recovery) -> None:
    _old_job(job_store)

    for _ in range(6):
        recovery.sweep()

    assert job_store.redis.llen(QUEUE) == 1


def test_a_job_with_a_message_is_left_alone(
    job_store: JobStore, recovery: Recovery, app: Celery
) -> None:
    send_job(app, _old_job(job_store))

    assert [recovery.sweep() for _ in range(3)] == [set()] * 3
    assert job_store.redis.llen(QUEUE) == 1


def test_a_job_in_a_workers_hands_is_left_alone(
    job_store: JobStore, recovery: Recovery, app: Celery
) -> None:
    send_job(app, _old_job(job_store, running=True))

    with app.connection_for_read() as connection:
        message = connection.default_channel.basic_get(QUEUE)
        assert [recovery.sweep() for _ in range(3)] == [set()] * 3
        assert job_store.redis.llen(QUEUE) == 0
        connection.default_channel.basic_ack(message.delivery_tag)


def test_a_message_in_passing_is_not_lost(
    job_store: JobStore, recovery: Recovery, app: Celery
) -> None:
    job_id = _old_job(job_store)
    recovery.sweep()  # sees none
    send_job(app, job_id)
    recovery.sweep()  # sees it
    job_store.redis.delete(QUEUE)

    assert recovery.sweep() == set()
    assert recovery.sweep() == {job_id}


def test_a_job_accepted_just_now_may_still_get_its_message(
    job_store: JobStore, recovery: Recovery
) -> None:
    job_store.create()

    assert [recovery.sweep() for _ in range(3)] == [set()] * 3


def test_jobs_that_ended_or_were_deleted_are_left_alone(
    job_store: JobStore, recovery: Recovery
) -> None:
    ended, deleted = _old_job(job_store, running=True), _old_job(job_store)
    recovery.sweep()
    job_store.attempts.fail(ended, "token", CorruptAudioError("no"))
    job_store.delete(deleted)

    assert [recovery.sweep() for _ in range(2)] == [set()] * 2
    assert job_store.redis.llen(QUEUE) == 0


def test_only_the_holder_of_the_lease_sweeps(
    job_store: JobStore, recovery: Recovery, app: Celery
) -> None:
    second = Recovery(job_store.redis, app, "worker@two")
    job_id = _old_job(job_store)
    recovery.sweep()

    assert [second.sweep() for _ in range(3)] == [set()] * 3
    assert recovery.sweep() == {job_id}


def test_another_worker_takes_over_a_lease_that_ran_out(
    job_store: JobStore, recovery: Recovery, app: Celery
) -> None:
    second = Recovery(job_store.redis, app, "worker@two")
    job_id = _old_job(job_store)
    recovery.sweep()
    assert 0 < job_store.redis.ttl(keys.RECOVERY_LEASE) <= LEASE_S
    job_store.redis.delete(keys.RECOVERY_LEASE)  # as its time to live would

    assert [second.sweep(), second.sweep()] == [set(), {job_id}]
    assert recovery.sweep() == set()


def test_a_job_whose_expiry_was_never_noticed_ends(job_store: JobStore, recovery: Recovery) -> None:
    job_id = _old_job(job_store)
    job_store.redis.delete(keys.recording_key(job_id))
    recovery.sweep()

    assert recovery.sweep() == {job_id}  # the message's delivery ends it as recording_expired


def test_a_redis_that_is_away_is_the_callers_to_handle(app: Celery) -> None:
    with redis.Redis.from_url("unix:///nowhere/redis.sock") as client:
        recovery = Recovery(client, app, "worker@one")

        with pytest.raises(redis.RedisError):
            recovery.sweep()
