"""Finds accepted jobs that have no message any more, and queues them again.

A message can be lost between the queue and a worker: it died with the message in hand, before Redis
knew who had it.
"""

from __future__ import annotations

import logging

import redis
from celery import Celery

from shared.job import JobId
from shared.queue import jobs_in_flight, send_job
from shared.store import keys
from shared.store.attempts import origin_of
from shared.telemetry.correlation import working_for
from worker.metrics import RECOVERIES

logger = logging.getLogger(__name__)

_GRACE_S = 2  # a message may be on its way from the queue to a worker
LEASE_S = 5  # two intervals of upkeep; its holder may have died with a message in hand


class Recovery:
    """Sweeps of one worker. A lease in Redis keeps it to one worker at a time."""

    def __init__(self, client: redis.Redis, app: Celery, worker: str) -> None:
        self._redis = client
        self._app = app
        self._worker = worker
        self._suspects: set[JobId] = set()

    def sweep(self) -> set[JobId]:
        """Queue again what two sweeps in a row found without a message.

        One sweep is not enough: it may look while a message is in passing from hand to hand.

        Returns:
            The jobs that were queued again.

        Raises:
            redis.RedisError: Redis is away.
        """
        if not self._holds_lease():
            self._suspects = set()
            return set()
        unended = self._unended()
        missing = unended - jobs_in_flight(self._redis) if unended else set()
        lost = missing & self._suspects
        self._suspects = missing - lost
        for job_id in lost:
            its_origin = origin_of(self._redis, job_id)
            with working_for(job_id, its_origin.request_id):
                logger.warning("job %s had lost its message: queued again", job_id)
            send_job(self._app, job_id, its_origin)
            RECOVERIES.inc()
        return lost

    def _holds_lease(self) -> bool:
        if self._redis.set(keys.RECOVERY_LEASE, self._worker, nx=True, ex=LEASE_S):
            return True
        if self._redis.get(keys.RECOVERY_LEASE) != self._worker.encode():
            return False
        self._redis.expire(keys.RECOVERY_LEASE, LEASE_S)
        return True

    def _unended(self) -> set[JobId]:
        """Jobs that have not ended and have been as they are for longer than the grace.

        Those from the future have, too: Redis's clock was set back.
        """
        seconds, _ = self._redis.time()
        now = int(seconds)
        with self._redis.pipeline(transaction=False) as pipe:
            for key in (keys.QUEUED, keys.RUNNING):
                pipe.zrangebyscore(key, "-inf", (now - _GRACE_S) * 1000)
                pipe.zrangebyscore(key, (now + _GRACE_S) * 1000, "+inf")
            found = pipe.execute()
        return {JobId(job_id.decode()) for part in found for job_id in part}
