"""The courier's rounds: claim what is due, deliver it, settle it, until it is to stop."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

import redis

from shared.settings import Settings
from shared.store.deliveries import Claim, Deliveries, Settlement
from shared.telemetry.correlation import working_for
from worker.courier.delivery import Delivering
from worker.courier.health import Pulse

_PAUSE_S: Final = 0.5  # between looks at what is due
_GRACE_S: Final = 10.0  # for calls under way when it is to stop
_BUSY_S: Final = 1.0  # until a delivery is tried whose host is being called enough

logger = logging.getLogger(__name__)


class Rounds:
    """Delivers up to `webhook_concurrency` at once, of one owner to one host a quarter of them: a
    receiver that does not answer holds up nobody else.
    """

    def __init__(
        self, settings: Settings, deliveries: Deliveries, delivering: Delivering, pulse: Pulse
    ) -> None:
        self._settings = settings
        self._deliveries = deliveries
        self._delivering = delivering
        self._pulse = pulse
        self._most_per_host = max(1, settings.webhook_concurrency // 4)
        self._under_way: Counter[tuple[str, str | None]] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._away = False

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop`; then give the calls under way some time to end."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            more = await self._round()
            if len(self._tasks) >= self._settings.webhook_concurrency:
                await asyncio.wait(
                    {stopping, *self._tasks}, timeout=_PAUSE_S, return_when=asyncio.FIRST_COMPLETED
                )
            elif not more:
                await asyncio.wait({stopping}, timeout=_PAUSE_S)
        logger.info("the courier is stopping; calls under way: %d", len(self._tasks))
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_GRACE_S)
            for task in late:  # their leases end, and another courier takes them up
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _round(self) -> bool:
        """Begin what is due; whether there may be more."""
        room = self._settings.webhook_concurrency - len(self._tasks)
        claimed_at = asyncio.get_running_loop().time()
        try:
            claims = await self._deliveries.claim(room)
            for claim in claims:
                await self._begin(claim, claimed_at)
            await self._pulse.beat()
        except (redis.RedisError, OSError) as error:
            if not self._away:
                logger.warning("webhooks: Redis is away (%s)", type(error).__name__)
            self._away = True
            return False
        if self._away:
            logger.info("webhooks: Redis is back")
        self._away = False
        return len(claims) == room

    async def _begin(self, claim: Claim, claimed_at: float) -> None:
        receiver = (claim.owner, urlsplit(claim.url).hostname)
        if self._under_way[receiver] >= self._most_per_host:
            await self._deliveries.postpone(claim, _BUSY_S)
            return
        self._under_way[receiver] += 1
        task = asyncio.create_task(self._deliver(claim, claimed_at))
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._under_way -= Counter([receiver])  # which forgets those at 0
            if not task.cancelled() and (error := task.exception()):
                # Not the error itself, which may name the URL.
                with working_for(claim.job_id, claim.origin.request_id):
                    kind = type(error).__name__
                    logger.error("job %s: webhook: unexpected %s", claim.job_id, kind)

        task.add_done_callback(ended)

    async def _deliver(self, claim: Claim, claimed_at: float) -> None:
        deadline = claimed_at + self._settings.webhook_timeout_s
        with working_for(claim.job_id, claim.origin.request_id):
            settlement = await self._delivering.attempt(claim, deadline)
            await self._settle(claim, settlement, claimed_at + self._settings.webhook_lease_s)

    async def _settle(self, claim: Claim, settlement: Settlement, lease_ends: float) -> None:
        """Record it. While Redis is away it is tried again: else the webhook is told twice."""
        loop = asyncio.get_running_loop()
        while loop.time() < lease_ends:
            try:
                await self._deliveries.settle(claim, settlement)
            except (redis.RedisError, OSError):
                logger.warning("job %s: webhook: not recorded yet, Redis is away", claim.job_id)
                await asyncio.sleep(_PAUSE_S)
            else:
                return
