"""`python -m api.keys`: a key is shown once, and listed, rotated and revoked without it."""

from __future__ import annotations

import pytest
import redis

from shared.store.api_keys import parse_key
from tests.end_to_end.keys import keys_command, new_key


def test_a_keys_life(redis_url: str) -> None:
    first = new_key(redis_url, "Clinic North")
    limited = new_key(redis_url, "ward", "--per-minute", "60")

    parsed = parse_key(first.key)
    assert parsed is not None
    assert parsed[0] == first.id
    assert first.webhook_secret.startswith("whsec_")

    revoked = keys_command(redis_url, "revoke", limited.id)
    rotated = keys_command(redis_url, "rotate-webhook-secret", first.id)
    listed = keys_command(redis_url, "list")

    assert {revoked.returncode, rotated.returncode, listed.returncode} == {0}
    lines = listed.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [first.id, limited.id]
    assert "Clinic North" in lines[0]
    assert "valid" in lines[0]
    assert "60/min" in lines[1]
    assert "revoked" in lines[1]
    second_secret = rotated.stdout.split()[-1]
    assert second_secret.startswith("whsec_")
    for secret in (first.key.rpartition("_")[2], first.webhook_secret, second_secret):
        assert secret not in listed.stdout + listed.stderr + revoked.stdout


@pytest.mark.parametrize("command", ["revoke", "rotate-webhook-secret"])
def test_an_unknown_key_is_told_so(redis_url: str, command: str) -> None:
    done = keys_command(redis_url, command, "0" * 16)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"There is no key {'0' * 16}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("create",),
        ("create", "--name", ""),
        ("create", "--name", "a\nb"),
        ("create", "--name", "a", "--per-minute", "-1"),
        ("revoke",),
    ],
)
def test_a_command_that_cannot_be_makes_nothing(
    redis_url: str, redis_client: redis.Redis, arguments: tuple[str, ...]
) -> None:
    done = keys_command(redis_url, *arguments)

    assert done.returncode == 2
    assert "usage" in done.stderr
    assert redis_client.dbsize() == 0


def test_when_redis_is_away_no_password_is_shown() -> None:
    done = keys_command("redis://:a-password@127.0.0.1:1/0", "list")

    assert done.returncode == 1
    assert done.stderr == "Redis does not do it: ConnectionError\n"
