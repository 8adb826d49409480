"""A gateway that a test stops and starts at will, and whose jobs change when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.errors import TooLongError
from shared.job import JobId
from shared.settings import Settings
from shared.store.attempts import Attempt, Attempts
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, eventually, free_port
from tests.support.redis_server import RedisServer
from tests.support.results import RESULT


class Gateway:
    """Always at the same address, over a Redis of its own, with nobody who diagnoses."""

    def __init__(self, redis_url: str, **environment: str) -> None:
        self.port = free_port()
        self.redis_url = redis_url
        self._environment = {"REDIS_URL": redis_url, **environment}
        self._program: Program | None = None
        self._attempts = Attempts(Settings(redis_url=redis_url))

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return when it answers."""
        self._program = Program("-m", "api", "--port", str(self.port), **self._environment)
        self._program.wait_for("running on")

    def stop(self) -> None:
        """Stop it: from now on nobody answers at its address."""
        if self._program is not None:
            self._program.stop()
            self._program = None

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        self._attempts.redis.close()

    def newest(self) -> dict[str, Any]:
        """The last job that was accepted, as soon as there is one."""
        with Client(self.url) as client:

            def jobs() -> list[dict[str, Any]]:
                return list(client.http.get("/v1/jobs").json()["jobs"])

            eventually(lambda: bool(jobs()), 20, "a job is accepted")
            return jobs()[0]

    def begin(self, job: dict[str, Any]) -> Attempt:
        """Run a job."""
        attempt = self._attempts.begin(JobId(job["id"]), "token", "worker@test")
        assert isinstance(attempt, Attempt)
        return attempt

    def succeed(self, job: dict[str, Any]) -> None:
        """Run a job and end it well."""
        assert self.end(self.begin(job))

    def end(self, attempt: Attempt) -> bool:
        """End a run well, without pictures; False: the job was to be canceled, and is."""
        return self._attempts.succeed(attempt, RESULT)

    def ended_ms(self, job: dict[str, Any]) -> float:
        """When it ended, milliseconds since 1970."""
        with Client(self.url) as client:
            finished = datetime.fromisoformat(client.job(job["id"])["finished_at"])
        return finished.timestamp() * 1000

    def fail(self, job: dict[str, Any]) -> None:
        """Run a job and end it badly."""
        attempt = self.begin(job)
        assert self._attempts.fail(attempt.job_id, attempt.token, TooLongError("61 s"))


@contextmanager
def gateway(folder: Path, **environment: str) -> Iterator[Gateway]:
    """One that has been started."""
    server = RedisServer(folder)
    server.start()
    own = Gateway(server.url, **environment)
    own.start()
    try:
        yield own
    finally:
        own.close()
        server.kill()
