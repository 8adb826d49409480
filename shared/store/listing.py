"""An owner's jobs, newest first, a page at a time (asyncio)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import redis.asyncio

from shared.errors import InvalidCursorError
from shared.job import JobId, JobStatus, Owner
from shared.store import keys
from shared.store.client import unavailable_when_redis_fails
from shared.store.records import StoredJob, stored_job

Record = Mapping[bytes, bytes]

_FILTERED: Final = 100  # looked at in one go where a filter may let few of them through
_MOST_LOOKED_AT: Final = 1000  # for one page: a filter that lets little through must not hold us up


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after this job, in the order of the list."""

    created_ms: int
    job_id: JobId

    def __str__(self) -> str:
        text = f"{self.created_ms}:{self.job_id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Self:
        """From what `str` gave.

        Raises:
            InvalidCursorError: it was not made here.
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            decoded = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            decoded = ""
        found = re.fullmatch(r"([0-9]{1,15}):([0-9a-f]{32})", decoded)
        if not found:
            raise InvalidCursorError("Take it, as it is, from the field 'next' of a page")
        return cls(int(found[1]), JobId(found[2]))


@dataclass(frozen=True, slots=True)
class Page:
    """Some of an owner's jobs, and where the next page begins; None: there is none."""

    jobs: list[StoredJob]
    next: Cursor | None


class Listing:
    """Every method may raise `StoreUnavailableError`."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    @unavailable_when_redis_fails
    async def page(
        self,
        owner: Owner,
        limit: int,
        after: Cursor | None = None,
        status: JobStatus | None = None,
        model: str | None = None,
    ) -> Page:
        """The owner's newest jobs, or those after `after`.

        A page has `limit` jobs at most; fewer, even none, where the filters let few through: as
        long as there is a next page, more may come.

        Args:
            owner: whose jobs.
            limit: at least 1.
            after: the end of the page before.
            status: only jobs in this state.
            model: only jobs for this `name@version`, or for any version of this name.
        """
        jobs: list[StoredJob] = []
        size = limit + 1 if status is None and model is None else _FILTERED
        for _ in range(0, _MOST_LOOKED_AT, size):
            chunk = await self._after(owner, after, size)
            for cursor, record in await self._read(owner, chunk):
                after = cursor
                if not record or not _matches(record, status, model):
                    continue
                jobs.append(stored_job(cursor.job_id, record))
                if len(jobs) == limit:
                    last = cursor == chunk[-1] and len(chunk) < size
                    return Page(jobs, None if last else after)
            if len(chunk) < size:
                return Page(jobs, None)
        return Page(jobs, after)

    async def _after(self, owner: Owner, after: Cursor | None, count: int) -> list[Cursor]:
        """The next jobs on the list, expired ones among them; fewer than `count`: the last."""
        newest = "+inf" if after is None else after.created_ms
        found: list[Cursor] = []
        start = 0
        while len(found) < count:
            members: list[tuple[bytes, float]] = await self._redis.zrevrangebyscore(  # type: ignore[assignment]
                keys.jobs_of(owner), newest, "-inf", start, count, withscores=True
            )
            start += len(members)
            # Jobs of one millisecond stand in the order of their ids: some were on the page before.
            cursors = [Cursor(int(score), JobId(job_id.decode())) for job_id, score in members]
            found += [cursor for cursor in cursors if after is None or _key(cursor) < _key(after)]
            if len(members) < count:
                break
        return found[:count]

    async def _read(self, owner: Owner, chunk: list[Cursor]) -> list[tuple[Cursor, Record]]:
        """Each with its job's hash; empty where it has expired, and then it goes from the list."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for cursor in chunk:
                pipe.hgetall(keys.job_key(cursor.job_id))
            pairs = list(zip(chunk, await pipe.execute() if chunk else [], strict=True))
        expired = [cursor.job_id for cursor, record in pairs if not record]
        if expired:
            await self._redis.zrem(keys.jobs_of(owner), *expired)
        return pairs


def _key(cursor: Cursor) -> tuple[int, str]:
    return cursor.created_ms, cursor.job_id


def _matches(record: Record, status: JobStatus | None, model: str | None) -> bool:
    if status is not None and record[b"status"] != status.encode():
        return False
    name = record[b"model_name"]
    return model is None or model.encode() in (name, name + b"@" + record[b"model_version"])
