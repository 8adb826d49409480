"""The queue goes by Redis's clock, and by no machine's; a step back of it holds nothing up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import redis
from celery import Celery

from shared.queue import MUTEX, MUTEX_EXPIRES_S, UNACKED_INDEX, make_celery, send_job
from shared.store import keys
from tests.chaos.clock import Clock, library
from tests.end_to_end.processes import REPOSITORY
from tests.support.job_store import JobStore
from worker.queue_clock import queue_clock, undo_step_back
from worker.recovery import LEASE_S, Recovery

HOUR = 3600
TAKE_ONE = """
import sys
import redis
from shared.queue import QUEUE, make_celery
from shared.settings import get_settings
from worker.queue_clock import go_by_redis, queue_clock
go_by_redis()
queue_clock.set_by(redis.Redis.from_url(get_settings().redis_url))
with make_celery(get_settings()).connection_for_read() as connection:
    assert connection.default_channel.basic_get(QUEUE)
    connection.default_channel.qos._delivered.clear()  # as if it died
"""


@pytest.fixture
def app(job_store: JobStore) -> Iterator[Celery]:
    celery = make_celery(job_store.settings)
    yield celery
    celery.close()


def now(client: redis.Redis) -> float:
    seconds, microseconds = client.time()
    return float(seconds) + float(microseconds) / 1e6


def held(client: redis.Redis) -> dict[bytes, float]:
    """Since when each message is in somebody's hands, by its tag."""
    entries = client.zrange(UNACKED_INDEX, 0, -1, withscores=True)
    return dict(cast(list[tuple[bytes, float]], entries))


@pytest.mark.skipif(library() is None, reason="libfaketime is not installed here")
@pytest.mark.parametrize("off_by_s", [HOUR, -HOUR])
def test_a_machine_whose_clock_is_off_notes_redis_time(
    job_store: JobStore, app: Celery, tmp_path: Path, off_by_s: int
) -> None:
    clock = Clock(tmp_path / "clock")
    clock.step(off_by_s)
    send_job(app, job_store.create())
    environment = os.environ | {"REDIS_URL": job_store.settings.redis_url} | clock.environment

    subprocess.run([sys.executable, "-c", TAKE_ONE], cwd=REPOSITORY, env=environment, check=True)

    (taken,) = held(job_store.redis).values()
    assert abs(now(job_store.redis) - taken) < 60


def test_what_comes_from_the_future_is_freed(redis_client: redis.Redis) -> None:
    queue_clock.set_by(redis_client)
    future = now(redis_client) + HOUR
    redis_client.set(keys.RECOVERY_LEASE, "worker@dead", ex=HOUR)
    redis_client.set(MUTEX, "worker@dead", ex=HOUR)
    redis_client.zadd(UNACKED_INDEX, {"future": future, "past": future - 2 * HOUR})
    redis_client.zadd(
        keys.WORKERS, {"worker@dead": future * 1000, "worker@here": (future - HOUR) * 1000}
    )

    undo_step_back(redis_client)

    assert not redis_client.exists(keys.RECOVERY_LEASE, MUTEX)
    since = held(redis_client)
    assert since[b"past"] == pytest.approx(future - 2 * HOUR)
    assert abs(since[b"future"] - now(redis_client)) < 60
    assert redis_client.zrange(keys.WORKERS, 0, -1) == [b"worker@here"]


def test_what_is_of_now_is_left_alone(redis_client: redis.Redis) -> None:
    queue_clock.set_by(redis_client)
    redis_client.set(keys.RECOVERY_LEASE, "worker@here", ex=LEASE_S)
    redis_client.set(MUTEX, "worker@here", ex=MUTEX_EXPIRES_S)
    redis_client.zadd(UNACKED_INDEX, {"held": now(redis_client)})
    before = held(redis_client)

    undo_step_back(redis_client)

    assert redis_client.exists(keys.RECOVERY_LEASE, MUTEX) == 2
    assert held(redis_client) == before


@pytest.mark.parametrize("running", [False, True])
def test_a_lost_message_of_a_job_from_the_future_is_found(
    job_store: JobStore, app: Celery, running: bool
) -> None:
    job_id = job_store.create()
    if running:
        job_store.begin(job_id, "token")
    future = (now(job_store.redis) + HOUR) * 1000
    job_store.redis.zadd(keys.RUNNING if running else keys.QUEUED, {job_id: future})
    recovery = Recovery(job_store.redis, app, "worker@one")

    assert [recovery.sweep(), recovery.sweep()] == [set(), {job_id}]
