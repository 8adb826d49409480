"""API keys as Redis keeps them: what is made, shown, rotated and revoked, and what signs webhooks.

A key is shown once, as `cough_<id>_<secret>`. Of its secret only the SHA-256 is kept: the secret
has 256 random bits, so there is nothing to guess that a slow hash would guard. The webhook secret
signs (Standard Webhooks: HMAC), so it is kept as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, cast

import redis
import redis.asyncio
from pydantic import BaseModel, ConfigDict, Field

from shared.job import Owner
from shared.store import keys
from shared.webhooks import SECRET_PREFIX

KEPT_SIGNING: Final = timedelta(hours=24)  # how long a rotated webhook secret signs as well
MOST_PER_MINUTE: Final = 1_000_000

_KEY = re.compile(r"cough_([0-9a-f]{16})_([0-9a-f]{64})")


class UnknownApiKeyError(LookupError):
    """There is no key of this id."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class WebhookSecret(_Part):
    """A secret that signs, for good or, when it was rotated, until a time."""

    secret: str = Field(repr=False)
    until: datetime | None = None


class ApiKey(_Part):
    """One key: all but its secret.

    Args:
        id: public; the owner of the jobs that the key sends.
        name: whose it is, for people.
        digest: SHA-256 of the secret, in hexadecimal.
        per_minute: its own rate limit, requests; 0: none; None: the service's.
        webhook_secrets: newest first.
    """

    id: str
    name: str
    digest: str = Field(repr=False)
    created_at: datetime
    revoked_at: datetime | None = None
    per_minute: int | None = Field(default=None, ge=0, le=MOST_PER_MINUTE)
    webhook_secrets: tuple[WebhookSecret, ...] = Field(repr=False)

    def signing(self, now: datetime) -> list[WebhookSecret]:
        """What signs webhooks at a time, newest first."""
        return [one for one in self.webhook_secrets if one.until is None or now < one.until]

    def signing_secrets(self, now: datetime) -> list[str]:
        """The secrets themselves."""
        return [one.secret for one in self.signing(now)]


_Change = Callable[[ApiKey, datetime], dict[str, object]]


def parse_key(key: str) -> tuple[str, str] | None:
    """The id and the secret's digest of `cough_<id>_<secret>`; None: it is no such thing."""
    found = _KEY.fullmatch(key)
    return (found[1], _digest(found[2])) if found else None


async def signing_secrets(client: redis.asyncio.Redis, owner: Owner) -> list[str]:
    """The secrets (`whsec_...`) that sign the webhooks of a key's jobs, newest first.

    A rotated secret is among them for 24 hours more. A revoked key's are there still: its jobs
    end, and those who hear of it want to know that it was us. Whoever has no key has none.

    Raises:
        redis.RedisError: Redis is away.
    """
    async with client.pipeline(transaction=False) as pipe:
        pipe.hget(keys.API_KEYS, owner)
        pipe.time()
        record, clock = await cast(Awaitable[list[object]], pipe.execute())
    if not isinstance(record, bytes):
        return []
    return ApiKey.model_validate_json(record).signing_secrets(_moment(clock))


class ApiKeys:
    """The keys, as those who run the service handle them. Every method may raise `RedisError`."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def create(self, name: str, per_minute: int | None = None) -> tuple[ApiKey, str]:
        """Make a key; give it and what its owner must send, which nobody can look up later."""
        secret = secrets.token_hex(32)
        key = ApiKey(
            id=secrets.token_hex(8),
            name=name,
            digest=_digest(secret),
            created_at=self._now(),
            per_minute=per_minute,
            webhook_secrets=(_new_webhook_secret(),),
        )
        if not self._redis.hsetnx(keys.API_KEYS, key.id, _record(key)):
            raise RuntimeError("The same id twice: 64 random bits that are not random")
        return key, f"cough_{key.id}_{secret}"

    def all(self) -> list[ApiKey]:
        """Every key, the revoked ones too, oldest first."""
        records = cast(list[bytes], self._redis.hvals(keys.API_KEYS))
        found = [ApiKey.model_validate_json(record) for record in records]
        return sorted(found, key=lambda key: (key.created_at, key.id))

    def revoke(self, key_id: str) -> ApiKey:
        """Let the key open nothing any more, from now on.

        Raises:
            UnknownApiKeyError: there is none.
        """
        return self._change(key_id, lambda key, now: {"revoked_at": key.revoked_at or now})

    def rotate_webhook_secret(self, key_id: str) -> ApiKey:
        """Give the key a new webhook secret, the first of them. The old signs for 24 h as well.

        Raises:
            UnknownApiKeyError: there is none.
        """

        def rotated(key: ApiKey, now: datetime) -> dict[str, object]:
            until = now + KEPT_SIGNING
            old = [one.model_copy(update={"until": one.until or until}) for one in key.signing(now)]
            return {"webhook_secrets": (_new_webhook_secret(), *old)}

        return self._change(key_id, rotated)

    def _change(self, key_id: str, change: _Change) -> ApiKey:
        changed: list[ApiKey] = []

        def swap(pipe: redis.client.Pipeline) -> None:
            record = pipe.hget(keys.API_KEYS, key_id)
            if not isinstance(record, bytes):
                raise UnknownApiKeyError(f"There is no key {key_id}")
            key = ApiKey.model_validate_json(record)
            changed[:] = [key.model_copy(update=change(key, self._now()))]
            pipe.multi()
            pipe.hset(keys.API_KEYS, key_id, _record(changed[0]))

        self._redis.transaction(swap, keys.API_KEYS)
        return changed[0]

    def _now(self) -> datetime:
        return _moment(self._redis.time())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _new_webhook_secret() -> WebhookSecret:
    return WebhookSecret(secret=SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode())


def _record(key: ApiKey) -> str:
    return key.model_dump_json(exclude_none=True)  # a script takes null for something


def _moment(clock: object) -> datetime:
    """What Redis's TIME says: there is one clock."""
    seconds, microseconds = cast(tuple[int, int], clock)
    return datetime.fromtimestamp(seconds, tz=UTC) + timedelta(microseconds=microseconds)
