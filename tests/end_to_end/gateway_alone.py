"""A gateway and a Redis without a worker: jobs change when the test says so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from shared.errors import CorruptAudioError
from shared.job import JobId
from shared.settings import Settings
from shared.store.attempts import Attempt, Attempts
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, free_port, running
from tests.support.results import RESULT
from tests.support.webhooks import SECRET

T = TypeVar("T")


class GatewayAlone:
    """The gateway's client, its process, and what a worker would do to the store."""

    def __init__(self, client: Client, program: Program, redis_url: str) -> None:
        self.client = client
        self.program = program
        self.attempts = Attempts(Settings(redis_url=redis_url))
        self.redis = self.attempts.redis

    def begin(self, job_id: str, token: str = "token") -> Attempt:
        """Run the job."""
        attempt = self.attempts.begin(JobId(job_id), token, "worker@test")
        assert isinstance(attempt, Attempt)
        return attempt

    def succeed(self, job_id: str) -> None:
        """Run the job and end it well."""
        assert self.attempts.succeed(self.begin(job_id), RESULT)

    def fail(self, job_id: str) -> None:
        """Run the job and end it badly."""
        attempt = self.begin(job_id)
        assert self.attempts.fail(attempt.job_id, attempt.token, CorruptAudioError("no"))

    def meanwhile(self, request: Callable[[], T]) -> Future[T]:
        """Send a request that waits, by another thread; the gateway has it when this returns."""
        begun = threading.Event()

        def send() -> T:
            begun.set()
            return request()

        pool = ThreadPoolExecutor(1)
        answer = pool.submit(send)
        pool.shutdown(wait=False)
        begun.wait(10)
        # Requests on another connection, each answered: the first one's is read meanwhile.
        for _ in range(5):
            self.client.http.get("/v1/health/live")
        return answer


@contextmanager
def gateway_alone(redis_url: str, **environment: str) -> Iterator[GatewayAlone]:
    """One, from its readiness to its stop."""
    port = free_port()
    command = ["-m", "api", "--port", str(port)]
    environment = {"REDIS_URL": redis_url, "WEBHOOK_SECRETS": SECRET, **environment}
    with (
        running(lambda: Program(*command, **environment), "running on") as own,
        Client(f"http://127.0.0.1:{port}") as client,
    ):
        alone = GatewayAlone(client, own, redis_url)
        yield alone
        alone.redis.close()
