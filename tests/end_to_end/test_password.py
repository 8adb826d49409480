"""A Redis that asks for a password, as in production, and one that is told there is none."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from local.redis_server import find_redis_server
from shared.audio_format import AudioFormat
from tests.end_to_end.keys import client_with, new_key
from tests.end_to_end.processes import eventually, free_port, service
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
PASSWORD = "0123456789abcdef" * 2


@contextmanager
def _redis_over_tcp(data_dir: Path, password: str) -> Iterator[str]:
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


@pytest.mark.parametrize(
    ("environment", "password"), [("production", PASSWORD), ("development", "")]
)
def test_a_recording_is_diagnosed(tmp_path: Path, environment: str, password: str) -> None:
    with _redis_over_tcp(tmp_path, password) as url:
        key = new_key(url)
        with (
            service(tmp_path, {"REDIS_URL": url, "ENVIRONMENT": environment}) as running,
            client_with(running.url, key.key) as client,
        ):
            assert client.diagnose(RECORDING)["status"] == "succeeded"
        output = "".join(running.lines)

    assert PASSWORD not in output
