"""The gateway's side of webhooks: how far each job's delivery is."""

from __future__ import annotations

from collections.abc import Mapping

import redis.asyncio

from shared.job import JobId, Owner
from shared.store.client import unavailable_when_redis_fails
from shared.store.deliveries import attempts_of
from shared.store.records import Transition, record_of, time_of
from shared.webhooks import Delivery, DeliveryStatus, event_type, webhook_id


class DeliveryLog:
    """Deliveries as their job's owner sees them."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    @unavailable_when_redis_fails
    async def read(self, owner: Owner, job_id: JobId) -> list[Delivery]:
        """The job's deliveries: none before it has ended or if it has no webhook, else one.

        Raises:
            JobNotFoundError: the owner has no such job.
        """
        return _deliveries(job_id, await record_of(self._redis, owner, job_id))


def _deliveries(job_id: JobId, record: Mapping[bytes, bytes]) -> list[Delivery]:
    ended = Transition.newest(record[b"history"].decode())
    if b"webhook_url" not in record or not ended.status.terminal:
        return []
    due = record.get(b"webhook_next")
    return [
        Delivery(
            id=webhook_id(job_id),
            type=event_type(ended.status),
            status=DeliveryStatus(record.get(b"webhook_status", b"pending").decode()),
            attempts=list(attempts_of(record.get(b"webhook_attempts", b"").decode())),
            next_attempt_at=time_of(due) if due else None,
        )
    ]
