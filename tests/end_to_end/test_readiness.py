"""Ready means: a recording sent now would be kept and diagnosed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, free_port, running
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)


@pytest.fixture(scope="module")
def gateway(redis_server_url: str) -> Iterator[Client]:
    """A gateway without a worker."""
    port = free_port()
    command = ["-m", "api", "--port", str(port)]
    with (
        running(lambda: Program(*command, REDIS_URL=redis_server_url), "running on"),
        Client(f"http://127.0.0.1:{port}") as client,
    ):
        yield client


@pytest.fixture
def server(redis_server_url: str) -> Iterator[redis.Redis]:
    """The gateway's Redis, put in order again afterwards."""
    with redis.Redis.from_url(redis_server_url) as client:
        yield client
        client.config_set("appendonly", "yes")
        client.config_set("maxmemory", 0)


def _readiness(gateway: Client) -> dict[str, Any]:
    response = gateway.http.get("/v1/health/ready")
    body: dict[str, Any] = response.json()
    assert (response.status_code == 200) == body["ready"]
    assert ("retry-after" in response.headers) != body["ready"]
    return body


def test_without_a_worker_it_is_not_ready(gateway: Client, server: redis.Redis) -> None:
    body = _readiness(gateway)
    assert (body["ready"], body["worker_consumes"], body["worker_age_s"]) == (False, False, None)
    assert body["redis_answers"]
    assert body["redis_persists"]
    assert body["redis_takes_writes"]


def test_a_redis_that_forgets_is_not_ready(gateway: Client, server: redis.Redis) -> None:
    server.config_set("appendonly", "no")
    body = _readiness(gateway)
    assert (body["ready"], body["redis_persists"]) == (False, False)


def test_a_full_redis_is_not_ready_and_takes_nothing(gateway: Client, server: redis.Redis) -> None:
    server.config_set("maxmemory", 1)

    body = _readiness(gateway)
    response = gateway.post(RECORDING)

    assert (body["ready"], body["redis_takes_writes"]) == (False, False)
    assert (response.status_code, response.json()["code"]) == (503, "store_unavailable")
    assert not [key for key in server.scan_iter("cough:*") if b"write-probe" not in key]
    server.config_set("maxmemory", 0)
    assert gateway.post(RECORDING).status_code == 202
