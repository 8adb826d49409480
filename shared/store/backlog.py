"""What waits in the store, asked by whoever watches over the service. Blocking."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from shared.store import keys


@dataclass(frozen=True, slots=True)
class Backlog:
    """Ages are in seconds, and 0 where nothing waits.

    Args:
        waiting_jobs: accepted, and not begun.
        running_jobs: begun, and not ended.
        recording_bytes: of the recordings of both.
        oldest_waiting_s: since the first of the waiting jobs was accepted.
        webhooks_due: jobs whose webhook should have been called by now.
        oldest_webhook_s: since the first of these was due.
        worker_silence_s: since a worker last took a message; None: none ever did.
        persists: whether the append-only file is on and written without error.
    """

    waiting_jobs: int
    running_jobs: int
    recording_bytes: int
    oldest_waiting_s: float
    webhooks_due: int
    oldest_webhook_s: float
    worker_silence_s: float | None
    persists: bool


def read_backlog(client: redis.Redis) -> Backlog:
    """Ask Redis, in two round trips.

    Raises:
        redis.RedisError: Redis is away.
    """
    seconds, microseconds = client.time()
    now = seconds * 1000 + microseconds / 1000
    with client.pipeline(transaction=False) as pipe:
        pipe.zcard(keys.QUEUED)
        pipe.zcard(keys.RUNNING)
        pipe.get(keys.BYTES)
        pipe.zrange(keys.QUEUED, 0, 0, withscores=True)
        pipe.zcount(keys.WEBHOOKS_DUE, "-inf", now)
        pipe.zrange(keys.WEBHOOKS_DUE, 0, 0, withscores=True)
        pipe.zrange(keys.WORKERS, 0, 0, desc=True, withscores=True)
        pipe.info("persistence")
        waiting, running, held, oldest, due, oldest_due, workers, info = pipe.execute()

    def age_s(entries: list[tuple[bytes, float]]) -> float:
        return max(0.0, now - entries[0][1]) / 1000 if entries else 0.0

    return Backlog(
        waiting_jobs=waiting,
        running_jobs=running,
        recording_bytes=int(held or 0),
        oldest_waiting_s=age_s(oldest),
        webhooks_due=due,
        oldest_webhook_s=age_s(oldest_due),
        worker_silence_s=age_s(workers) if workers else None,
        persists=bool(info.get("aof_enabled")) and info.get("aof_last_write_status") == "ok",
    )
