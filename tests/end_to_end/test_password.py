"""A Redis that asks for a password, as in production, and one that is told there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from shared.audio_format import AudioFormat
from tests.end_to_end.keys import client_with, new_key
from tests.end_to_end.processes import service
from tests.end_to_end.redis_over_tcp import redis_over_tcp
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
PASSWORD = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("environment", "password"), [("production", PASSWORD), ("development", "")]
)
def test_a_recording_is_diagnosed(tmp_path: Path, environment: str, password: str) -> None:
    with redis_over_tcp(tmp_path, password) as url:
        key = new_key(url)
        with (
            service(tmp_path, {"REDIS_URL": url, "ENVIRONMENT": environment}) as running,
            client_with(running.url, key.key) as client,
        ):
            assert client.diagnose(RECORDING)["status"] == "succeeded"
        output = "".join(running.lines)

    assert PASSWORD not in output


@pytest.mark.parametrize("secret", ["", ":wrong@"])
def test_nobody_is_answered_without_it(tmp_path: Path, secret: str) -> None:
    with redis_over_tcp(tmp_path, PASSWORD) as url:
        unlocked = url.replace(f":{PASSWORD}@", secret)
        with redis.Redis.from_url(unlocked) as client, pytest.raises(redis.AuthenticationError):
            client.keys()
