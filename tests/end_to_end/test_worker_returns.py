"""A worker whose hands were full when Redis went, or was full, takes messages when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

import pytest
import redis

from shared.audio_format import AudioFormat
from tests.end_to_end import faulty_worker
from tests.end_to_end.client import Client
from tests.end_to_end.faulty_system import FaultySystem, faulty_system
from tests.end_to_end.processes import eventually
from tests.support.recordings import cough, encode
from tests.support.redis_server import RedisServer

GOOD = encode(cough(), 16000, AudioFormat.WAV)
SLOW = GOOD + b"\0" * (faulty_worker.SLOW - len(GOOD))  # 2 s
CHILDREN = 2
VISIBILITY_TIMEOUT_S = 30  # who waits for it is late


@dataclass
class Parts(FaultySystem):
    server: RedisServer


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Redis, a worker with two children, and a gateway."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    environment = {
        "WORKER_CONCURRENCY": str(CHILDREN),
        "VISIBILITY_TIMEOUT_S": str(VISIBILITY_TIMEOUT_S),
    }
    try:
        with faulty_system(server.url, **environment) as system:
            yield Parts(system.worker, system.client, server)
    finally:
        server.stop()


def _fill_its_hands(client: Client) -> list[str]:
    job_ids = [client.submit(SLOW) for _ in range(CHILDREN)]

    def all_run() -> bool:
        return all(client.job(job_id)["status"] == "running" for job_id in job_ids)

    eventually(all_run, 10, "both children are at a job")
    return job_ids


def test_a_redis_that_was_away_finds_its_worker_again(parts: Parts) -> None:
    said = len(parts.worker.lines)
    job_ids = _fill_its_hands(parts.client)
    parts.server.kill()
    for job_id in job_ids:  # their ends cannot be told to anybody
        parts.worker.wait_for(f"diagnose[{job_id}] reject requeue=True", 10, said)

    parts.server.start()
    back = monotonic()

    for job_id in [*job_ids, parts.client.submit(GOOD)]:
        assert parts.client.wait(job_id)["status"] == "succeeded"
    assert monotonic() - back < 10  # two seconds of which the slow jobs take


def test_a_redis_that_was_full_finds_its_worker_again(parts: Parts) -> None:
    said = len(parts.worker.lines)
    pid = parts.worker.process.pid
    with redis.Redis.from_url(parts.server.url) as server:
        job_ids = _fill_its_hands(parts.client)
        server.config_set("maxmemory", 1)
        for job_id in job_ids:  # they end: a recording's room is theirs
            parts.worker.wait_for(f"job {job_id}: succeeded", 10, said)
        parts.worker.wait_for("Trying to re-establish the connection", 10, said)
        server.config_set("maxmemory", 0)

    for job_id in [*job_ids, parts.client.submit(GOOD)]:
        assert parts.client.wait(job_id)["status"] == "succeeded"
    assert parts.worker.process.poll() is None
    assert parts.worker.process.pid == pid
