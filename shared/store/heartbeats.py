"""Which workers consume: the last time that each took a message from the queue."""

from __future__ import annotations

import redis

from shared.store import keys

_FORGET_AFTER_S = 3600


class Heartbeats:
    """A worker beats by taking a message, so a deaf one falls silent."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def beat(self, worker: str) -> None:
        """Note that `worker` has just taken a message; forget those long silent."""
        now = self._now()
        with self._redis.pipeline() as pipe:
            pipe.zadd(keys.WORKERS, {worker: int(now * 1000)})
            pipe.zremrangebyscore(keys.WORKERS, "-inf", (now - _FORGET_AFTER_S) * 1000)
            pipe.execute()

    def forget(self, worker: str) -> None:
        """Let `worker` prove anew that it takes messages."""
        self._redis.zrem(keys.WORKERS, worker)

    def known(self) -> int:
        """How many workers there are, or were of late."""
        return self._redis.zcard(keys.WORKERS)

    def age_s(self, worker: str) -> float | None:
        """Seconds since `worker` last took a message; None if it never did."""
        score = self._redis.zscore(keys.WORKERS, worker)
        if score is None:
            return None
        return max(0.0, self._now() - float(score) / 1000)

    def _now(self) -> float:
        seconds, microseconds = self._redis.time()
        return float(seconds) + float(microseconds) / 1e6
