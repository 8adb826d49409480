"""A job as it stands in its Redis hash, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self, cast

import redis.asyncio

from shared.errors import JobNotFoundError
from shared.job import Job, JobError, JobId, JobStatus, ModelReference, Owner, Result
from shared.store import keys


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of a job's state."""

    status: JobStatus
    at: datetime

    @classmethod
    def parse(cls, entry: str) -> Self:
        """From `status:milliseconds since the epoch`."""
        status, _, milliseconds = entry.partition(":")
        return cls(JobStatus(status), time_of(milliseconds))

    @classmethod
    def newest(cls, history: str) -> Self:
        """The last one of a job's history."""
        return cls.parse(history.rpartition(",")[2])


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job, whose it is, how it came to where it stands, and whether it was to have pictures."""

    owner: Owner
    job: Job
    history: tuple[Transition, ...]
    pictures: bool

    @property
    def version(self) -> int:
        """How often it has changed; 1 when it has just been accepted."""
        return len(self.history)

    def at(self, version: int) -> Self:
        """The job as it stood at a version, from 1 to the present one."""
        past = self.history[:version]
        ended = past[-1].status.terminal
        job = self.job.model_copy(
            update={
                "status": past[-1].status,
                "started_at": _started(past),
                "finished_at": past[-1].at if ended else None,
                "result": self.job.result if ended else None,
                "error": self.job.error if ended else None,
            }
        )
        return replace(self, job=job, history=past)


async def record_of(
    client: redis.asyncio.Redis, owner: Owner, job_id: JobId
) -> Mapping[bytes, bytes]:
    """The hash of a job, for its owner.

    Raises:
        JobNotFoundError: the owner has none, or it was deleted or has expired.
        redis.RedisError: Redis is away.
    """
    record = await cast(Awaitable[dict[bytes, bytes]], client.hgetall(keys.job_key(job_id)))
    if not record or record[b"owner"] != owner.encode():
        raise job_not_found(job_id)
    return record


def job_not_found(job_id: JobId) -> JobNotFoundError:
    """What everybody is told to whom there is no such job."""
    return JobNotFoundError(f"There is no job {job_id}, or no longer")


def time_of(milliseconds: bytes | str | int) -> datetime:
    """From milliseconds since the epoch, which is how Redis keeps times."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)


def stored_job(job_id: JobId, record: Mapping[bytes, bytes]) -> StoredJob:
    """Rebuild the job from its hash."""
    history = tuple(Transition.parse(entry) for entry in record[b"history"].decode().split(","))
    newest = history[-1]
    result, error = record.get(b"result"), record.get(b"error")
    job = Job(
        id=job_id,
        status=newest.status,
        created_at=history[0].at,
        started_at=_started(history),
        finished_at=newest.at if newest.status.terminal else None,
        model=ModelReference(
            name=record[b"model_name"].decode(), version=record[b"model_version"].decode()
        ),
        result=Result.model_validate_json(result) if result else None,
        error=JobError.model_validate_json(error) if error else None,
    )
    owner, pictures = Owner(record[b"owner"].decode()), b"pictures" in record
    return StoredJob(owner, job, history, pictures)


def _started(history: tuple[Transition, ...]) -> datetime | None:
    """When the newest attempt began."""
    began = [change.at for change in history if change.status is JobStatus.RUNNING]
    return began[-1] if began else None
