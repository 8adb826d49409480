"""One service for the tests that do not hurt it; those that do start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service, service
from tests.support.receiver import Receiver, receiver
from tests.support.redis_server import RedisServer
from tests.support.webhooks import SECRET


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service, for reading and diagnosing only."""
    with service(tmp_path_factory.mktemp("run"), {"WEBHOOK_SECRETS": SECRET}) as running:
        yield running


@pytest.fixture(scope="session")
def client(shared_service: Service) -> Iterator[Client]:
    """A client of the shared service."""
    with Client(shared_service.url) as client:
        yield client


@pytest.fixture(scope="module")
def redis_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the module's own, which its tests may reconfigure."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server.url
    server.kill()


@pytest.fixture
def somebody() -> Iterator[Receiver]:
    """A server that webhooks may tell."""
    with receiver() as own:
        yield own
