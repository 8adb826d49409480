"""An accepted job outlives a power cut, in the state in which it was."""

from __future__ import annotations

from shared.job import JobStatus
from shared.settings import Settings
from tests.support.job_store import RECORDING, JobStore
from tests.support.redis_server import RedisServer
from tests.support.results import RESULT


def test_jobs_outlive_a_killed_redis(own_redis_server: RedisServer) -> None:
    server = own_redis_server
    store = JobStore(Settings(redis_url=server.url))
    queued, running, ended = store.create(), store.create(), store.create()
    attempt = store.begin(running, "token")
    assert store.attempts.succeed(store.begin(ended, "token"), RESULT)
    assert store.health().persists
    store.close()

    server.kill()
    server.start()

    store = JobStore(Settings(redis_url=server.url))
    assert store.read(queued).status is JobStatus.QUEUED
    assert store.read(running).status is JobStatus.RUNNING
    assert store.read(ended).result == RESULT
    assert store.begin(queued, "token").recording == RECORDING
    assert store.attempts.succeed(attempt, RESULT)
    store.close()
