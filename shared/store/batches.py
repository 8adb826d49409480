"""Several recordings sent at once: which job, or which refusal, each has become (asyncio)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, cast

import redis.asyncio

from shared.errors import BatchNotFoundError, ScreeningError
from shared.job import JobId, Owner
from shared.settings import Settings
from shared.store import keys, scripts
from shared.store.client import unavailable_when_redis_fails
from shared.store.records import StoredJob, stored_job, time_of

BatchId = NewType("BatchId", str)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands in a batch; the first file's index is 0."""

    batch_id: BatchId
    index: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file became no job."""

    code: str
    title: str
    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class Item:
    """What one file has become: a job, which is None when it was deleted or has expired, or not."""

    job_id: JobId | None = None
    job: StoredJob | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch, with an item for each file in the order in which they were sent."""

    id: BatchId
    created_at: datetime
    items: list[Item]


def new_batch_id() -> BatchId:
    """A random id with 122 bits: it cannot be guessed."""
    return BatchId(uuid.uuid4().hex)


class Batches:
    """Batches as the gateway handles them. Every method may raise `StoreUnavailableError`.

    Jobs enter their batch when they are created (`Submissions.create`). It can be read when all its
    files have become something (`seal`), and expires with the last of its jobs to end.
    """

    def __init__(self, settings: Settings, client: redis.asyncio.Redis) -> None:
        self._settings = settings
        self._redis = client
        self._seal = client.register_script(scripts.SEAL)

    @unavailable_when_redis_fails
    async def seal(
        self,
        owner: Owner,
        batch_id: BatchId,
        count: int,
        refused: Mapping[int, ScreeningError],
    ) -> None:
        """Complete a batch of `count` files with those that were refused, by index."""
        entries: list[str | int] = []
        for index, error in refused.items():
            refusal = [error.code, error.title, error.status, error.detail]
            entries += [index, json.dumps(refusal)]
        await self._seal(
            keys=[keys.batch_key(batch_id)],
            args=[self._settings.result_ttl_s, owner, count, *entries],
        )

    @unavailable_when_redis_fails
    async def read(self, owner: Owner, batch_id: BatchId) -> StoredBatch:
        """The batch, and its jobs as they stand.

        Raises:
            BatchNotFoundError: the owner has none, or it has expired.
        """
        record = await cast(
            Awaitable[dict[bytes, bytes]], self._redis.hgetall(keys.batch_key(batch_id))
        )
        if record.get(b"owner") != owner.encode():
            raise BatchNotFoundError(f"There is no batch {batch_id}, or no longer")
        entries = [record[b"%d" % index].decode() for index in range(int(record[b"count"]))]
        job_ids = [JobId(entry) for entry in entries if not entry.startswith("[")]
        async with self._redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hgetall(keys.job_key(job_id))
            jobs = dict(zip(job_ids, await pipe.execute() if job_ids else [], strict=True))
        items = [_item(entry, jobs) for entry in entries]
        return StoredBatch(batch_id, time_of(record[b"created_at"]), items)


def _item(entry: str, jobs: Mapping[JobId, Mapping[bytes, bytes]]) -> Item:
    if entry.startswith("["):
        return Item(refusal=Refusal(*json.loads(entry)))
    job_id = JobId(entry)
    record = jobs[job_id]
    return Item(job_id, stored_job(job_id, record) if record else None)
