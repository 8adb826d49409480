"""The courier's side of the store (asyncio): claim deliveries that are due, and settle them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import redis.asyncio

from shared.job import JobId, JobStatus, Owner
from shared.settings import Settings
from shared.store import keys, webhook_scripts
from shared.store.records import Transition, time_of
from shared.telemetry.correlation import UNKNOWN, Origin
from shared.webhooks import DeliveryAttempt, DeliveryStatus

MOST_ATTEMPTS: Final = 20  # more than the schedule has, so that lost couriers do not go on for ever
_GONE_TTL_S: Final = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Claim:
    """A courier's right to tell one webhook, until its lease ends."""

    job_id: JobId
    token: str
    owner: Owner
    url: str
    status: JobStatus
    ended_at: datetime
    attempts: tuple[DeliveryAttempt, ...]
    origin: Origin = UNKNOWN

    @property
    def since_first_attempt_s(self) -> float:
        """Seconds from the first attempt to this one; 0 if this is the first."""
        now = float(self.token.partition(":")[0]) / 1000
        return max(0.0, now - self.attempts[0].at.timestamp()) if self.attempts else 0.0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of an attempt.

    Args:
        code: the answer's HTTP status, or an error's name.
        status: how the delivery stands now.
        delay_s: until the next attempt, while it is pending.
        gone: whether nobody is to call this URL for its owner any more.
    """

    code: str
    status: DeliveryStatus
    delay_s: float = 0.0
    gone: bool = False


class Deliveries:
    """Deliveries as the courier handles them. Every method may raise `redis.RedisError`."""

    def __init__(self, client: redis.asyncio.Redis, settings: Settings) -> None:
        self._lease_ms = int(settings.webhook_lease_s * 1000)
        self._claim = client.register_script(webhook_scripts.CLAIM)
        self._settle = client.register_script(webhook_scripts.SETTLE)

    async def claim(self, most: int) -> list[Claim]:
        """Claim up to `most` deliveries that are due. Nobody else is given them before their
        leases have ended.
        """
        claimed = await self._claim(
            keys=[keys.WEBHOOKS_DUE],
            args=[most, self._lease_ms, secrets.token_hex(8), MOST_ATTEMPTS],
        )
        return [_claim([field.decode() for field in fields]) for fields in claimed]

    async def settle(self, claim: Claim, settlement: Settlement) -> bool:
        """Record an attempt; False if its job is gone or its lease has ended: nothing changed."""
        number = _GONE_TTL_S if settlement.gone else int(settlement.delay_s * 1000)
        return await self._run(claim, settlement.code, settlement.status, number)

    async def postpone(self, claim: Claim, delay_s: float) -> bool:
        """Give a claim back untried."""
        return await self._run(claim, "", DeliveryStatus.PENDING, int(delay_s * 1000))

    async def _run(self, claim: Claim, code: str, status: DeliveryStatus, number: int) -> bool:
        arguments: list[str | int] = [claim.job_id, claim.token, code, status, number]
        return bool(await self._settle(keys=[keys.WEBHOOKS_DUE], args=arguments))


def attempts_of(record: str) -> tuple[DeliveryAttempt, ...]:
    """From the field `webhook_attempts`."""
    return tuple(_attempt(entry) for entry in record.split(",") if entry)


def _attempt(entry: str) -> DeliveryAttempt:
    milliseconds, _, code = entry.partition(":")
    at = time_of(milliseconds)
    if code.isdigit():
        return DeliveryAttempt(at=at, status_code=int(code))
    return DeliveryAttempt(at=at, error=code)


def _claim(fields: list[str]) -> Claim:
    job_id, token, owner, url, history, attempts, request_id, traceparent = fields
    ended = Transition.newest(history)
    return Claim(
        job_id=JobId(job_id),
        token=token,
        owner=Owner(owner),
        url=url,
        status=ended.status,
        ended_at=ended.at,
        attempts=attempts_of(attempts),
        origin=Origin(request_id, traceparent),
    )
