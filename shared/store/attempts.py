"""The worker's side of the store: begin an attempt at a job, and end it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import redis

from shared.audio_format import AudioFormat
from shared.errors import RecordingError, RecordingExpiredError, WorkerLostError
from shared.job import JobError, JobId, JobStatus, ModelReference, Result
from shared.pictures import NO_PICTURES, Pictures
from shared.settings import Settings
from shared.store import keys, scripts
from shared.store.client import connect
from shared.store.pictures import fields_of
from shared.telemetry.correlation import UNKNOWN, Origin


class NotBegun(StrEnum):
    """Why a delivered message starts no attempt."""

    GONE = "gone"  # the job was deleted
    ENDED = "ended"  # a doubled delivery of a job that has ended
    LOST = "lost"  # its workers died too often: it has just failed with worker_lost
    EXPIRED = "expired"  # its recording is no longer kept: it has just failed
    CANCELED = "canceled"  # its sender had asked for it: it has just been canceled


@dataclass(frozen=True, slots=True)
class Attempt:
    """A worker's claim on a job. Only the newest attempt's end counts.

    `waited_s` runs from when the job was accepted; `delivery` is 1 for its first attempt.
    """

    job_id: JobId
    token: str
    recording: bytes
    format: AudioFormat
    model: ModelReference
    pictures: bool = False
    waited_s: float = 0.0
    delivery: int = 1


class Attempts:
    """Jobs as the worker handles them. Every method may raise `redis.RedisError`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.redis = connect(settings)
        self._begin = self.redis.register_script(scripts.BEGIN)
        self._finish = self.redis.register_script(scripts.FINISH)
        self._lost = _as_job_error(
            WorkerLostError(f"The worker died {settings.max_deliveries} times in this recording")
        ).model_dump_json()
        self._expired = _as_job_error(
            RecordingExpiredError("No worker was free for as long as recordings are kept")
        ).model_dump_json()

    def begin(self, job_id: JobId, token: str, worker: str) -> Attempt | NotBegun:
        """Claim a job for a new attempt; an older attempt, should it still live, loses its claim.

        The message that led here also proves that `worker` consumes.
        """
        answer = self._begin(
            keys=scripts.keys_of(job_id),
            args=[
                job_id,
                token,
                self._settings.max_deliveries,
                self._settings.result_ttl_s,
                self._lost,
                self._expired,
                worker,
            ],
        )
        if answer[0] != b"begun":
            return NotBegun(answer[0].decode())
        recording, audio_format, name, version, pictures, waited_ms, delivery = answer[1:]
        return Attempt(
            job_id=job_id,
            token=token,
            recording=recording,
            format=AudioFormat(audio_format.decode()),
            model=ModelReference(name=name.decode(), version=version.decode()),
            pictures=bool(pictures),
            waited_s=max(0, waited_ms) / 1000,
            delivery=delivery,
        )

    def succeed(self, attempt: Attempt, result: Result, pictures: Pictures = NO_PICTURES) -> bool:
        """End the job with a diagnosis, and pictures, if any; False if the attempt is no longer the
        job's, or the job was to be canceled: then it has been. No picture is kept then.
        """
        return self._end(
            attempt.job_id,
            attempt.token,
            JobStatus.SUCCEEDED,
            "result",
            result.model_dump_json(by_alias=True),
            *fields_of(pictures),
        )

    def fail(self, job_id: JobId, token: str, error: RecordingError) -> bool:
        """End the job with an error; False if no attempt with this token (prefix) is the job's, or
        the job was to be canceled: then it has been.
        """
        value = _as_job_error(error).model_dump_json()
        return self._end(job_id, token, JobStatus.FAILED, "error", value)

    def wanted(self, attempt: Attempt) -> bool:
        """Whether to go on: the job is still this attempt's, and not to be canceled."""
        token, cancel = self.redis.hmget(keys.job_key(attempt.job_id), "attempt", "cancel")
        return token == attempt.token.encode() and not cancel

    def on_last_delivery(self, job_id: JobId) -> bool:
        """Whether the job would fail with `worker_lost` if its message came once more."""
        deliveries = cast(bytes | None, self.redis.hget(keys.job_key(job_id), "deliveries"))
        return int(deliveries or 0) >= self._settings.max_deliveries

    def cancel(self, attempt: Attempt) -> bool:
        """End the job as canceled; False if the attempt is no longer the job's."""
        return self._end(attempt.job_id, attempt.token, JobStatus.CANCELED)

    def _end(self, job_id: JobId, token: str, status: JobStatus, *fields: str | bytes) -> bool:
        settings = self._settings
        bounds = (settings.result_ttl_s, settings.max_picture_bytes)
        arguments: list[str | int | bytes] = [job_id, token, *bounds, status, *fields]
        return bool(self._finish(keys=scripts.keys_of(job_id), args=arguments))


def origin_of(client: redis.Redis, job_id: JobId) -> Origin:
    """Where a job comes from, by its hash.

    Raises:
        redis.RedisError: Redis is away.
    """
    known = cast(list[bytes | None], client.hmget(keys.job_key(job_id), list(UNKNOWN.headers)))
    return Origin(*((value or b"").decode() for value in known))


def _as_job_error(error: RecordingError) -> JobError:
    return JobError(code=error.code, detail=error.detail)
