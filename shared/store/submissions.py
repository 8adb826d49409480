"""The gateway's side of the store (asyncio): accept, read and delete jobs, ask after health."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar, cast

from redis.exceptions import RedisError

from shared.audio_format import AudioFormat
from shared.errors import JobNotFoundError, QueueFullError, StoreUnavailableError
from shared.job import Job, JobId, JobStatus, ModelReference, new_job_id
from shared.settings import Settings
from shared.store import keys, scripts
from shared.store.client import connect_async
from shared.store.records import job_from_record

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Health:
    """What readiness is judged by. Ages are in seconds; None: never seen."""

    persists: bool
    takes_writes: bool
    waiting_jobs: int
    worker_age_s: float | None


def _unavailable_when_redis_fails(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[T]]:
    @functools.wraps(method)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except (RedisError, OSError) as error:
            raise StoreUnavailableError(f"Redis: {type(error).__name__}") from error

    return guarded


class Submissions:
    """Jobs as the gateway handles them. Every method may raise `StoreUnavailableError`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._redis = connect_async(settings)
        self._create = self._redis.register_script(scripts.CREATE)
        self._delete = self._redis.register_script(scripts.DELETE)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()

    @_unavailable_when_redis_fails
    async def create(
        self, recording: bytes, audio_format: AudioFormat, model: ModelReference
    ) -> Job:
        """Store a recording and its job, both or neither, and give the queued job.

        Raises:
            QueueFullError: too many jobs, or too many bytes, wait already; nothing was stored.
        """
        job_id = new_job_id()
        fields = ["format", audio_format]
        fields += ["model_name", model.name, "model_version", model.version]
        now = await self._run(
            self._create,
            job_id,
            self._settings.max_waiting_jobs,
            self._settings.max_waiting_bytes,
            self._settings.recording_ttl_s,
            recording,
            *fields,
        )
        if not now:
            raise QueueFullError("As many recordings are waiting as we may keep", retry_after=10)
        created_at = datetime.fromtimestamp(now / 1000, tz=UTC)
        return Job(id=job_id, status=JobStatus.QUEUED, created_at=created_at, model=model)

    @_unavailable_when_redis_fails
    async def read(self, job_id: JobId) -> Job:
        """The job as it stands.

        Raises:
            JobNotFoundError: there is none, or it was deleted or has expired.
        """
        record = await cast(
            Awaitable[dict[bytes, bytes]], self._redis.hgetall(keys.job_key(job_id))
        )
        if not record:
            raise JobNotFoundError(f"There is no job {job_id}, or no longer")
        return job_from_record(job_id, record)

    @_unavailable_when_redis_fails
    async def delete(self, job_id: JobId) -> None:
        """Forget the job, its recording and its result, whatever its state.

        Raises:
            JobNotFoundError: there is none.
        """
        if not await self._run(self._delete, job_id):
            raise JobNotFoundError(f"There is no job {job_id}, or no longer")

    @_unavailable_when_redis_fails
    async def health(self) -> Health:
        """Ask Redis about itself, about the queue and about the workers."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.info("persistence")
            pipe.time()
            pipe.zcard(keys.QUEUED)
            pipe.zrange(keys.WORKERS, 0, 0, desc=True, withscores=True)
            # A write that changes nothing: a full or read-only Redis refuses it all the same.
            pipe.set(keys.WRITE_PROBE, 1, px=1000)
            info, clock, waiting, workers, written = await pipe.execute(raise_on_error=False)
        for answer in (info, clock, waiting, workers):
            if isinstance(answer, Exception):
                raise answer
        now = clock[0] + clock[1] / 1e6
        return Health(
            persists=bool(info.get("aof_enabled")) and info.get("aof_last_write_status") == "ok",
            takes_writes=written is True,
            waiting_jobs=waiting,
            worker_age_s=max(0.0, now - workers[0][1] / 1000) if workers else None,
        )

    async def _run(self, script: Any, job_id: JobId, *arguments: Any) -> int:
        result = await script(keys=scripts.keys_of(job_id), args=[job_id, *arguments])
        return int(result)
