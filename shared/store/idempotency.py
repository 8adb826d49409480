"""Which job an idempotency key has made, or is making (asyncio).

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Final, cast

import redis.asyncio

from shared.errors import IdempotencyInProgressError
from shared.job import JobId, Owner
from shared.store import keys, scripts
from shared.store.client import unavailable_when_redis_fails

_RESERVED_S: Final = 60  # a request that takes longer may be overtaken by its twin: one makes a job
_PENDING: Final = "pending:"


@dataclass(frozen=True, slots=True)
class Reservation:
    """This request is the one to make the job of its key, unless it takes too long."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Made:
    """The job that the key has made, and of what."""

    job_id: JobId
    fingerprint: str


class Idempotency:
    """Every method may raise `StoreUnavailableError`."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client
        self._release = client.register_script(scripts.RELEASE)

    @unavailable_when_redis_fails
    async def reserve(self, owner: Owner, idempotency_key: str) -> Reservation | Made:
        """Reserve the key for a request, unless it has made a job before.

        Raises:
            IdempotencyInProgressError: another request with the key is under way.
        """
        digest = hashlib.sha256(idempotency_key.encode()).hexdigest()
        reservation = Reservation(keys.idempotency_key(owner, digest), _PENDING + uuid.uuid4().hex)
        if await self._redis.set(reservation.key, reservation.value, nx=True, ex=_RESERVED_S):
            return reservation
        held = cast(bytes | None, await self._redis.get(reservation.key))
        value = (held or b"").decode()
        if value == reservation.value:  # the answer to our first SET was lost
            return reservation
        if not value or value.startswith(_PENDING):  # none: it was released in this moment
            raise in_progress()
        job_id, _, fingerprint = value.partition(":")
        return Made(JobId(job_id), fingerprint)

    @unavailable_when_redis_fails
    async def release(self, reservation: Reservation) -> None:
        """Give the key back: the request has failed. Without effect when it has made a job."""
        await self._release(keys=[reservation.key], args=[reservation.value])


def in_progress() -> IdempotencyInProgressError:
    """The refusal of a twin that comes too early."""
    return IdempotencyInProgressError(
        "The first request with this Idempotency-Key has not been answered yet", retry_after=1
    )
