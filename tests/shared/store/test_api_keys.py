"""API keys: made once, never shown again, rotated and revoked."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta

import pytest
import redis
import redis.asyncio

from shared.job import ANONYMOUS, Owner
from shared.store import keys
from shared.store.api_keys import ApiKeys, UnknownApiKeyError, parse_key, signing_secrets


@pytest.fixture
def api_keys(redis_client: redis.Redis) -> ApiKeys:
    """No keys yet."""
    return ApiKeys(redis_client)


def _signing(redis_url: str, owner: str) -> list[str]:
    async def ask() -> list[str]:
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            return await signing_secrets(client, Owner(owner))

    return asyncio.run(ask())


def test_of_the_secret_only_a_digest_is_kept(api_keys: ApiKeys, redis_client: redis.Redis) -> None:
    key, shown = api_keys.create("clinic")

    assert parse_key(shown) == (key.id, key.digest)
    record = redis_client.hget(keys.API_KEYS, key.id)
    assert isinstance(record, bytes)
    assert shown.rpartition("_")[2].encode() not in record


def test_two_keys_have_nothing_in_common(api_keys: ApiKeys) -> None:
    (one, shown), (other, shown_too) = api_keys.create("clinic"), api_keys.create("clinic")

    assert one.id != other.id
    assert shown.rpartition("_")[2] != shown_too.rpartition("_")[2]
    assert one.webhook_secrets != other.webhook_secrets
    assert [key.id for key in api_keys.all()] == [one.id, other.id]


@pytest.mark.parametrize(
    "no_key",
    ["", "cough", "cough__", "cough_0123456789abcdef_", "bearer", "ü" * 86],
)
def test_what_is_no_key_is_told_so(no_key: str) -> None:
    assert parse_key(no_key) is None


def test_a_key_with_anything_added_is_none(api_keys: ApiKeys) -> None:
    _, shown = api_keys.create("clinic")

    for changed in (shown + "0", shown + "\n", shown[:-1], shown.upper(), " " + shown):
        assert parse_key(changed) is None


def test_a_webhook_secret_is_one_by_the_standard(api_keys: ApiKeys) -> None:
    key, _ = api_keys.create("clinic")
    secret = key.webhook_secrets[0].secret

    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_a_rotated_webhook_secret_signs_for_a_day_more(api_keys: ApiKeys, redis_url: str) -> None:
    key, _ = api_keys.create("clinic")
    first = key.webhook_secrets[0].secret
    assert _signing(redis_url, key.id) == [first]

    second = api_keys.rotate_webhook_secret(key.id).webhook_secrets[0].secret
    rotated = api_keys.rotate_webhook_secret(key.id)
    third = rotated.webhook_secrets[0].secret

    assert _signing(redis_url, key.id) == [third, second, first]
    until = rotated.webhook_secrets[2].until
    assert until is not None
    assert rotated.signing_secrets(until - timedelta(seconds=1)) == [third, second, first]
    assert rotated.signing_secrets(until) == [third, second]
    assert rotated.signing_secrets(until + timedelta(days=1)) == [third]
    assert timedelta(hours=23) < until - rotated.created_at < timedelta(hours=25)


def test_a_revoked_key_signs_for_the_jobs_it_has(api_keys: ApiKeys, redis_url: str) -> None:
    key, _ = api_keys.create("clinic")

    revoked = api_keys.revoke(key.id)

    assert revoked.revoked_at is not None
    assert api_keys.revoke(key.id).revoked_at == revoked.revoked_at
    assert _signing(redis_url, key.id) == [key.webhook_secrets[0].secret]


def test_whoever_has_no_key_has_no_secret(api_keys: ApiKeys, redis_url: str) -> None:
    api_keys.create("clinic")

    assert _signing(redis_url, ANONYMOUS) == _signing(redis_url, "somebody") == []


def test_what_is_not_there_cannot_be_changed(api_keys: ApiKeys, redis_client: redis.Redis) -> None:
    for change in (api_keys.revoke, api_keys.rotate_webhook_secret):
        with pytest.raises(UnknownApiKeyError):
            change("0123456789abcdef")
    assert not redis_client.exists(keys.API_KEYS)


def test_secrets_are_not_printed_by_accident(api_keys: ApiKeys) -> None:
    key, _ = api_keys.create("clinic")

    for secret in (key.digest, key.webhook_secrets[0].secret):
        assert secret not in repr(key)
