"""What readiness is judged by: persistence, writes, the queue, and workers that really consume."""

from __future__ import annotations

from shared.settings import Settings
from shared.store import keys
from shared.store.heartbeats import Heartbeats
from tests.support.job_store import WORKER, JobStore
from tests.support.redis_server import RedisServer


def test_a_good_redis_without_a_worker(job_store: JobStore) -> None:
    health = job_store.health()

    assert (health.persists, health.takes_writes) == (True, True)
    assert (health.waiting_jobs, health.worker_age_s) == (0, None)


def test_waiting_jobs_are_counted(job_store: JobStore) -> None:
    job_store.create()
    job_store.begin(job_store.create(), "token")

    assert job_store.health().waiting_jobs == 1


def test_a_redis_that_does_not_persist_is_told(own_redis_server: RedisServer) -> None:
    store = JobStore(Settings(redis_url=own_redis_server.url))
    assert store.health().persists

    store.redis.config_set("appendonly", "no")

    assert not store.health().persists
    store.close()


def test_a_full_redis_is_told(job_store: JobStore) -> None:
    job_store.redis.config_set("maxmemory", 1)
    try:
        assert not job_store.health().takes_writes
    finally:
        job_store.redis.config_set("maxmemory", 0)


def test_taking_a_message_is_a_heartbeat(job_store: JobStore) -> None:
    heartbeats = Heartbeats(job_store.redis)
    assert heartbeats.age_s(WORKER) is None

    job_store.begin(job_store.create(), "token")

    age = heartbeats.age_s(WORKER)
    assert age is not None
    assert 0 <= age < 10
    newest = job_store.health().worker_age_s
    assert newest is not None
    assert 0 <= newest < 10


def test_the_newest_worker_counts_and_one_long_silent_is_forgotten(job_store: JobStore) -> None:
    heartbeats = Heartbeats(job_store.redis)
    now = int(job_store.redis.time()[0])
    job_store.redis.zadd(keys.WORKERS, {"silent": (now - 7200) * 1000, "late": (now - 60) * 1000})
    newest = job_store.health().worker_age_s
    assert newest is not None
    assert 59 <= newest < 70

    heartbeats.beat("awake")

    assert heartbeats.age_s("silent") is None
    assert heartbeats.age_s("late") is not None
    newest = job_store.health().worker_age_s
    assert newest is not None
    assert newest < 10
