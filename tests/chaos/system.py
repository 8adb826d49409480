"""What is hurt: Redis, a gateway and a worker on one machine, a second worker on another.

"Machine" is a wall clock of its own, and a network between the second worker and Redis.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import redis

from local.redis_server import redis_url, server_command, socket_path
from shared.settings import Settings
from shared.store import keys
from tests.chaos.clock import Clock, forget_shared_memory
from tests.chaos.disk import SmallDisk
from tests.chaos.kept import Kept
from tests.chaos.network import Network
from tests.end_to_end.processes import eventually, free_port

_PYTHON = [sys.executable, "-m"]


class System:
    """All its parts, from their start to their end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.disk = SmallDisk(folder / "disk")
        self.here, self.there = Clock(folder / "clock-here"), Clock(folder / "clock-there")
        data_dir = self.disk.folder
        # The file is to keep every write there was: `ledger.py` counts them.
        command = [*server_command(data_dir), "--auto-aof-rewrite-percentage", "0"]
        self.redis_server = Kept("redis", command, self.here.environment, folder / "redis.log")
        self.network = Network(socket_path(data_dir))
        near = {"REDIS_URL": redis_url(data_dir)}
        far = {"REDIS_URL": f"redis://127.0.0.1:{self.network.port}/0"}
        self.redis = redis.Redis.from_url(near["REDIS_URL"], socket_timeout=5)
        eventually(self.redis_answers, 20, "Redis answers")
        self.url = f"http://127.0.0.1:{free_port()}"
        serve = [*_PYTHON, "api", "--port", self.url.rpartition(":")[2]]
        self.gateway = Kept("api", serve, self.here.environment | near, folder / "api.log")
        self.workers = [
            self._worker("here", self.here.environment | near),
            self._worker("there", self.there.environment | far),
        ]

    @property
    def parts(self) -> list[Kept]:
        """In the order in which they are to stop."""
        return [self.gateway, *self.workers, self.redis_server]

    def settings(self) -> Settings:
        """For a look into its store."""
        return Settings(redis_url=redis_url(self.disk.folder))

    def redis_answers(self) -> bool:
        """Whether it does (not while it loads its file)."""
        try:
            return bool(self.redis.ping())
        except redis.RedisError:
            return False

    def gateway_answers(self) -> bool:
        """Whether it is alive."""
        try:
            return httpx.get(f"{self.url}/v1/health/live", timeout=2).is_success
        except httpx.TransportError:
            return False

    def forget_heartbeats(self) -> None:
        """Let each worker prove anew that it takes messages."""
        self.redis.delete(keys.WORKERS)

    def all_work(self) -> bool:
        """Whether the gateway answers and each worker has taken a message since."""
        with suppress(redis.RedisError):
            return self.gateway_answers() and self.redis.zcard(keys.WORKERS) == len(self.workers)
        return False

    def close(self) -> None:
        """Stop all there is."""
        for part in self.parts:
            part.stop()
        self.redis.close()
        self.network.close()
        self.disk.close()
        forget_shared_memory([pid for part in self.parts for pid in part.pids])

    def _worker(self, name: str, environment: dict[str, str]) -> Kept:
        environment = environment | {"WORKER_NAME": f"worker@{name}", "WORKER_CONCURRENCY": "2"}
        return Kept(name, [*_PYTHON, "worker"], environment, self.folder / f"worker-{name}.log")


@contextmanager
def running_system(folder: Path) -> Iterator[System]:
    """From its readiness to its end."""
    system = System(folder)
    try:
        eventually(system.all_work, 120, "all parts work")
        yield system
    finally:
        system.close()
