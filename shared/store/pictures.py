"""A job's pictures in Redis: one hash, a field a picture and format, JSON compressed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, cast

import redis.asyncio

from shared.errors import JobNotEndedError, PicturesNotMadeError
from shared.job import JobId, JobStatus, Owner
from shared.pictures import PictureFormat, PictureName, Pictures
from shared.store import keys
from shared.store.client import unavailable_when_redis_fails
from shared.store.records import job_not_found

_FAST: Final = (
    1  # takes two thirds away; the highest level takes little more, for ten times as long
)
_WHY_NOT: Final = {
    JobStatus.SUCCEEDED: "They could not be made, and that is our fault: the diagnosis stands",
    JobStatus.FAILED: "The job failed, so there was nothing to draw: its 'error' says why",
    JobStatus.CANCELED: "The job was canceled before they were made",
}


_DROPPED: Final = "They had to make room for others: send the recording again"

_Answers = tuple[tuple[bytes | None, bytes, bytes | None], bytes | None]


def fields_of(pictures: Pictures) -> Iterator[str | bytes]:
    """The hash's fields, each followed by its value."""
    for (name, form), data in pictures.items():
        yield _field(name, form)
        yield zlib.compress(data, _FAST) if form is PictureFormat.JSON else data


class KeptPictures:
    """Pictures as the gateway reads them. Every method may raise `StoreUnavailableError`."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    @unavailable_when_redis_fails
    async def read(
        self, owner: Owner, job_id: JobId, name: PictureName, form: PictureFormat
    ) -> bytes:
        """One picture of a job.

        Raises:
            JobNotFoundError: the owner has no such job.
            JobNotEndedError: it is not made yet.
            PicturesNotMadeError: it never will be, or is no longer kept.
        """
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hmget(keys.job_key(job_id), "owner", "status", "pictures")
            pipe.hget(keys.pictures_key(job_id), _field(name, form))
            answers = await pipe.execute()
        (whose, status, asked), kept = cast(_Answers, answers)
        if whose != owner.encode():
            raise job_not_found(job_id)
        if kept is None:
            raise _no_picture(JobStatus(status.decode()), asked)
        return zlib.decompress(kept) if form is PictureFormat.JSON else kept


def _field(name: PictureName, form: PictureFormat) -> str:
    return f"{name}.{form}"


def _no_picture(status: JobStatus, asked: bytes | None) -> PicturesNotMadeError | JobNotEndedError:
    if not asked:
        return PicturesNotMadeError(
            "They were not asked for: send the recording with pictures=true"
        )
    if asked == keys.DROPPED.encode():
        return PicturesNotMadeError(_DROPPED)
    if not status.terminal:
        return JobNotEndedError("Pictures are there when the job has ended")
    return PicturesNotMadeError(_WHY_NOT[status])
