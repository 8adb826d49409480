"""One clock for the queue, Redis's, whatever the machines' say and however they are set.

Kombu notes by its own machine's clock when a worker took a message, and any worker compares that
with its own to tell which were held for too long. With a clock an hour ahead, a worker would hand
out all that others have just taken; what it holds itself nobody would take up for an hour.
"""

from __future__ import annotations

from time import monotonic, time

import kombu.transport.redis
import redis

from shared.queue import MUTEX, MUTEX_EXPIRES_S, UNACKED_INDEX
from shared.store import keys
from worker.recovery import LEASE_S

_AHEAD_S = 1.0  # clocks that are read one after the other differ by less


class QueueClock:
    """Seconds since the epoch by Redis's clock, as of when it was last asked."""

    def __init__(self) -> None:
        self._offset_s = time() - monotonic()

    def __call__(self) -> float:
        """The time."""
        return monotonic() + self._offset_s

    def set_by(self, client: redis.Redis) -> None:
        """Ask Redis.

        Raises:
            redis.RedisError: it is away.
        """
        seconds, microseconds = client.time()
        self._offset_s = float(seconds) + float(microseconds) / 1e6 - monotonic()


queue_clock = QueueClock()


def go_by_redis() -> None:
    """Let Kombu's transport ask this clock in this process."""
    setattr(kombu.transport.redis, "time", queue_clock)  # noqa: B010 (mypy would object)


def undo_step_back(client: redis.Redis) -> None:
    """Free what Redis's clock, having been set back, would leave held for as long again.

    Raises:
        redis.RedisError: it is away.
    """
    now = queue_clock()
    with client.pipeline(transaction=False) as pipe:
        pipe.ttl(keys.RECOVERY_LEASE)
        pipe.ttl(MUTEX)
        pipe.zrangebyscore(UNACKED_INDEX, now + _AHEAD_S, "+inf")
        pipe.zremrangebyscore(keys.WORKERS, (now + _AHEAD_S) * 1000, "+inf")
        lease_s, mutex_s, held, _ = pipe.execute()
        if lease_s > LEASE_S:
            pipe.delete(keys.RECOVERY_LEASE)
        if mutex_s > MUTEX_EXPIRES_S:
            pipe.delete(MUTEX)
        if held:
            pipe.zadd(UNACKED_INDEX, dict.fromkeys(held, now), xx=True)
        pipe.execute()
