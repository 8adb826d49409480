"""The gateway's side of the store (asyncio): accept, read and delete jobs, ask after health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.audio_format import AudioFormat
from shared.errors import JobEndedError, QueueFullError, TooManyWaitingError
from shared.job import Job, JobId, JobStatus, ModelReference, Options, Owner, new_job_id
from shared.settings import Settings
from shared.store import keys, scripts
from shared.store.batches import Place
from shared.store.client import connect_async, unavailable_when_redis_fails
from shared.store.group_commit import GroupCommit
from shared.store.idempotency import Reservation, in_progress
from shared.store.records import (
    StoredJob,
    Transition,
    job_not_found,
    record_of,
    stored_job,
    time_of,
)
from shared.telemetry.correlation import origin


@dataclass(frozen=True, slots=True)
class Health:
    """What readiness is judged by. Ages are in seconds; None: never seen."""

    persists: bool
    takes_writes: bool
    waiting_jobs: int
    worker_age_s: float | None


@dataclass(frozen=True, slots=True)
class Once:
    """The reservation of an idempotency key, and what its job is to be made of."""

    reservation: Reservation
    fingerprint: str

    @property
    def arguments(self) -> tuple[str, str, str]:
        """What the script takes of it."""
        return self.reservation.key, self.reservation.value, self.fingerprint


_NO_KEY: Final = ("", "", "")
_NO_BATCH: Final = ("", "")


class Submissions:
    """Jobs as the gateway handles them. Every method may raise `StoreUnavailableError`.

    A job is its owner's: to anybody else there is no such job.
    """

    def __init__(
        self, settings: Settings, message_of: Callable[[JobId], str] | None = None
    ) -> None:
        """Connect on first use.

        Args:
            settings: where Redis is, and the bounds.
            message_of: writes the message that queues a job; None: recovery has to find the job.
        """
        self._settings = settings
        self._message_of = message_of
        self.redis = connect_async(settings, timeout_s=None)  # every method has its own
        self._create = GroupCommit(self.redis, scripts.CREATE)
        self._cancel = self.redis.register_script(scripts.CANCEL)
        self._delete = self.redis.register_script(scripts.DELETE)

    async def close(self) -> None:
        """Give the connections back."""
        await self.redis.aclose()

    @unavailable_when_redis_fails
    async def create(
        self,
        owner: Owner,
        recording: bytes,
        audio_format: AudioFormat,
        model: ModelReference,
        options: Options,
        once: Once | None = None,
        place: Place | None = None,
    ) -> StoredJob:
        """Store a recording, its job and its message, all or nothing, and give the queued job.

        Raises:
            IdempotencyInProgressError: `once` is another request's by now; nothing was stored.
            QueueFullError: too many jobs, or too many bytes, wait already; nothing was stored.
            TooManyWaitingError: of this owner's; nothing was stored.
        """
        settings = self._settings
        job_id = new_job_id()
        fields = ["format", audio_format]
        fields += ["model_name", model.name, "model_version", model.version]
        if options.pictures:
            fields += ["pictures", "1"]
        if options.webhook_url:
            fields += ["webhook_url", options.webhook_url]
        fields += origin().fields
        arguments = [
            job_id,
            settings.max_waiting_jobs,
            settings.max_waiting_bytes,
            settings.recording_ttl_s,
            settings.result_ttl_s,
            owner,
            recording,
            *(once.arguments if once else _NO_KEY),
            *((keys.batch_key(place.batch_id), place.index) if place else _NO_BATCH),
            self._message_of(job_id) if self._message_of else "",
            *fields,
        ]
        now = int(await self._create.run(scripts.keys_of(job_id), arguments, len(recording)))
        if now == -1:
            raise in_progress()
        if now == -2:
            raise TooManyWaitingError("There is room, but for others", retry_after=10)
        if not now:
            raise QueueFullError("As many recordings are waiting as we may keep", retry_after=10)
        created_at = time_of(now)
        job = Job.model_construct(
            id=job_id, status=JobStatus.QUEUED, created_at=created_at, model=model
        )
        history = (Transition(JobStatus.QUEUED, created_at),)
        return StoredJob(owner, job, history, options.pictures)

    @unavailable_when_redis_fails
    async def read(self, owner: Owner, job_id: JobId) -> StoredJob:
        """The job as it stands.

        Raises:
            JobNotFoundError: the owner has none, or it was deleted or has expired.
        """
        return stored_job(job_id, await record_of(self.redis, owner, job_id))

    @unavailable_when_redis_fails
    async def delete(self, owner: Owner, job_id: JobId) -> None:
        """Forget the job, its recording and its result, whatever its state.

        Raises:
            JobNotFoundError: the owner has none.
        """
        if not await self._delete(
            keys=scripts.keys_of(job_id), args=[job_id, owner, self._settings.result_ttl_s]
        ):
            raise job_not_found(job_id)

    @unavailable_when_redis_fails
    async def cancel(self, owner: Owner, job_id: JobId) -> None:
        """End a queued job, or ask the worker of a running one to end it at its next step.

        Raises:
            JobNotFoundError: the owner has none.
            JobEndedError: it has ended already.
        """
        outcome = await self._cancel(
            keys=scripts.keys_of(job_id), args=[job_id, owner, self._settings.result_ttl_s]
        )
        if outcome == b"none":
            raise job_not_found(job_id)
        if outcome == b"ended":
            raise JobEndedError("It is too late to cancel it")

    @unavailable_when_redis_fails
    async def health(self) -> Health:
        """Ask Redis about itself, about the queue and about the workers."""
        async with self.redis.pipeline(transaction=False) as pipe:
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
