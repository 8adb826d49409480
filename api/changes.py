"""Who waits for a change of which job: one subscription to Redis for the whole process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import redis
import redis.asyncio

from shared.job import JobId
from shared.store import keys

_SILENCE_S: Final = 5.0  # after as much, we ask whether the connection is still there
_PAUSE_S: Final = 0.2  # between attempts to connect

logger = logging.getLogger(__name__)


class Watch:
    """One waiter's ear for one job."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake the waiter: look again."""
        self._event.set()

    async def changed(self, timeout_s: float) -> bool:
        """Wait until the job may have changed since the last call; False if the time ran out."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Changes:
    """Hears of every job that changes and wakes those who watch it. Redis is not polled.

    A notification that is lost with its connection is made up for: whenever we have subscribed
    anew, all who watch are woken to look for themselves.
    """

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client
        self._watches: dict[JobId, set[Watch]] = {}
        self.stopping = False

    @contextmanager
    def watch(self, job_id: JobId) -> Iterator[Watch]:
        """Hear of the job from now on. Read it after this, so that no change is missed."""
        watch = Watch()
        watches = self._watches.setdefault(job_id, set())
        watches.add(watch)
        try:
            yield watch
        finally:
            watches.discard(watch)
            if not watches and self._watches.get(job_id) is watches:
                del self._watches[job_id]

    def stop(self) -> None:
        """Let everybody go: the process is about to end."""
        self.stopping = True
        self._ring_all()

    async def listen(self) -> None:
        """Listen until cancelled, through every loss of the connection."""
        while True:
            try:
                await self._listen_once()
            except (redis.RedisError, OSError) as error:
                logger.warning("changes: Redis is away (%s)", type(error).__name__)
                await asyncio.sleep(_PAUSE_S)

    async def _listen_once(self) -> None:
        async with self._redis.pubsub() as subscription:
            async with asyncio.timeout(_SILENCE_S):
                await subscription.subscribe(keys.CHANGES)
            asked = False
            while True:
                async with asyncio.timeout(2 * _SILENCE_S):  # it may have to connect anew
                    message = await subscription.get_message(timeout=_SILENCE_S)
                if message is not None:
                    asked = False
                    self._hear(message["type"], message["data"])
                elif asked:
                    raise redis.ConnectionError("no answer")
                else:
                    await subscription.ping()
                    asked = True

    def _hear(self, kind: str, data: bytes | int) -> None:
        if kind == "subscribe":  # for the first time, or after a loss
            self._ring_all()
        elif kind == "message" and isinstance(data, bytes):
            for watch in self._watches.get(JobId(data.decode()), ()):
                watch.ring()

    def _ring_all(self) -> None:
        for watches in self._watches.values():
            for watch in watches:
                watch.ring()
