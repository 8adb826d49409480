"""The tests' faulty worker, with a gateway, on a Redis that is there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, eventually, free_port, running


@dataclass
class FaultySystem:
    """The worker, and a client of the gateway."""

    worker: Program
    client: Client


@contextmanager
def faulty_system(redis_url: str, **environment: str) -> Iterator[FaultySystem]:
    """From its readiness to its end; both programs have the environment."""
    port = free_port()
    faulty, gateway = ["-m", "tests.end_to_end.faulty_worker"], ["-m", "api", "--port", str(port)]
    environment["REDIS_URL"] = redis_url
    with (
        running(lambda: Program(*faulty, **environment), "is ready") as worker,
        running(lambda: Program(*gateway, **environment), "running on"),
        Client(f"http://127.0.0.1:{port}") as client,
    ):
        eventually(client.ready, 30, "ready")
        yield FaultySystem(worker, client)
