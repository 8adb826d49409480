"""A Redis over TCP, with or without a password."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from local.redis_server import find_redis_server
from tests.end_to_end.processes import eventually, free_port


@contextmanager
def redis_over_tcp(data_dir: Path, password: str) -> Iterator[str]:
    """As `docker-compose.yml` starts it: an empty password is none. Gives its URL."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(data_dir)]
    options += ["--appendonly", "yes", "--appendfsync", "always", "--requirepass", password]
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    server = subprocess.Popen([find_redis_server(), *options], stdout=subprocess.DEVNULL)
    try:
        with redis.Redis.from_url(url) as client:
            eventually(lambda: _answers(client), 20, "redis-server answers")
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
