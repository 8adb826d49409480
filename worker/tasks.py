"""The tasks: the only place that knows the pipeline, the store and the queue together."""

from __future__ import annotations

import logging
import os
import uuid
from dataclasses import dataclass
from functools import lru_cache

import redis
from billiard.exceptions import SoftTimeLimitExceeded
from celery import Task
from celery.exceptions import Reject

from shared.bundle import Card
from shared.errors import (
    BundleError,
    InternalError,
    MemoryLimitError,
    ModelBrokenError,
    RecordingError,
    TimeLimitError,
)
from shared.job import JobId, Result
from shared.pictures import NO_PICTURES, Pictures
from shared.queue import BEAT, DIAGNOSE
from shared.settings import get_settings
from shared.store.attempts import Attempt, Attempts, NotBegun
from shared.store.heartbeats import Heartbeats
from worker.celery_app import app
from worker.model.bundle import bundle_for
from worker.pictures.making import make_pictures
from worker.pipeline import Examination, examine_recording

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def attempts() -> Attempts:
    """One store per process, made on first use: after the fork."""
    return Attempts(get_settings())


def attempt_prefix(worker: str, pid: int) -> str:
    """How the token of every attempt in one pool child begins."""
    return f"{worker}:{pid}:"


class JobTask(Task):  # type: ignore[misc]
    """A task whose hard time limit ends its job too."""

    Request = "worker.requests:JobRequest"


@app.task(name=DIAGNOSE, base=JobTask, bind=True)  # type: ignore[untyped-decorator]
def diagnose(self: Task, job_id: JobId) -> None:
    """Attempt a job and end it, unless it has ended or a newer attempt has taken it over."""
    token = attempt_prefix(self.request.hostname, os.getpid()) + uuid.uuid4().hex
    try:
        attempt = attempts().begin(job_id, token, self.request.hostname)
        if isinstance(attempt, NotBegun):
            logger.info("job %s: nothing to do, it is %s", job_id, attempt)
            return
        outcome = _diagnose(attempt)
        if outcome is None:
            ended, what = attempts().cancel(attempt), "canceled"
        elif isinstance(outcome, _Diagnosed):
            ended = attempts().succeed(attempt, outcome.result, outcome.pictures)
            what = "succeeded"
        else:
            ended, what = attempts().fail(job_id, token, outcome), outcome.code
        logger.info("job %s: %s%s", job_id, what, "" if ended else ", too late to count")
    except redis.RedisError as error:
        # The job stands in Redis as it was: let the message come again.
        raise Reject(error, requeue=True) from error


class _Unwanted(Exception):  # noqa: N818 (no error: somebody changed their mind)
    """The job was canceled or deleted, or another attempt has taken it over."""


@dataclass(frozen=True, slots=True)
class _Diagnosed:
    """How a job succeeds."""

    result: Result
    pictures: Pictures


def _diagnose(attempt: Attempt) -> _Diagnosed | RecordingError | None:
    """How the job is to end; None: nobody wants its diagnosis any more."""
    settings = get_settings()

    def stop_if_unwanted() -> None:
        if not attempts().wanted(attempt):
            raise _Unwanted

    try:
        bundle = bundle_for(settings.models_dir, attempt.model)
        examined = examine_recording(
            attempt.recording,
            attempt.format,
            bundle,
            settings.max_audio_seconds,
            stop_if_unwanted,
        )
        if not attempt.pictures:
            return _Diagnosed(examined.result, NO_PICTURES)
        stop_if_unwanted()
        return _Diagnosed(examined.result, _pictures(attempt, examined, bundle.card))
    except _Unwanted:
        return None
    except redis.RedisError:
        raise
    except RecordingError as error:
        return error
    except BundleError:
        logger.exception("job %s: its bundle cannot be used", attempt.job_id)
        return ModelBrokenError(f"This worker's copy of {attempt.model} cannot be used")
    except SoftTimeLimitExceeded:
        return TimeLimitError(f"The diagnosis took longer than {settings.soft_time_limit_s} s")
    except MemoryError:
        logger.warning("job %s: out of memory", attempt.job_id)
        return MemoryLimitError("The diagnosis needed more memory than a recording is given")
    except Exception:
        # Whatever else goes wrong, the job must end; the log has the traceback, the client a code.
        logger.exception("job %s: unexpected error", attempt.job_id)
        return InternalError("The diagnosis failed on our side")


def _pictures(attempt: Attempt, examined: Examination, card: Card) -> Pictures:
    """The pictures, or none: a diagnosis is worth more than they are."""
    try:
        return make_pictures(examined, card)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("job %s: its pictures cannot be made", attempt.job_id)
        return NO_PICTURES


@app.task(name=BEAT, bind=True)  # type: ignore[untyped-decorator]
def beat(self: Task) -> None:
    """Prove that this worker takes messages from the queue."""
    Heartbeats(attempts().redis).beat(self.request.hostname)
