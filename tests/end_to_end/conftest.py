"""One service for the tests that do not hurt it; those that do start their own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
import redis

from local.redis_server import redis_url, server_command
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service, eventually, service


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service, for reading and diagnosing only."""
    with service(tmp_path_factory.mktemp("run")) as running:
        yield running


@pytest.fixture(scope="session")
def client(shared_service: Service) -> Iterator[Client]:
    """A client of the shared service."""
    with Client(shared_service.url) as client:
        yield client


@pytest.fixture(scope="module")
def redis_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the module's own, configured as `make run` configures it."""
    data_dir = tmp_path_factory.mktemp("redis")
    with subprocess.Popen(server_command(data_dir), stdout=subprocess.DEVNULL) as process:
        with redis.Redis.from_url(redis_url(data_dir)) as client:
            eventually(lambda: answers(client), 10, "Redis answers")
        yield redis_url(data_dir)
        process.terminate()


def answers(client: redis.Redis) -> bool:
    """Whether Redis is up."""
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
