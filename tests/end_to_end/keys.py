"""API keys for tests, made as those who run the service make them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.end_to_end.client import Client
from tests.end_to_end.processes import REPOSITORY


@dataclass(frozen=True)
class ShownKey:
    """What is shown when a key is made."""

    id: str
    key: str
    webhook_secret: str


def keys_command(redis_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m api.keys`."""
    command = [sys.executable, "-m", "api.keys", *arguments]
    environment = {**os.environ, "REDIS_URL": redis_url}
    return subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60
    )


def new_key(redis_url: str, name: str = "test", *options: str) -> ShownKey:
    """Make a key."""
    made = keys_command(redis_url, "create", "--name", name, *options)
    assert made.returncode == 0, made.stderr
    shown = dict(line.rsplit(maxsplit=1) for line in made.stdout.splitlines())
    return ShownKey(shown["id"], shown["key"], shown["webhook secret"])


@contextmanager
def client_with(url: str, key: str) -> Iterator[Client]:
    """A client that sends the key."""
    with Client(url) as client:
        client.http.headers["authorization"] = f"Bearer {key}"
        yield client
