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
from shared.telemetry.correlation import UNKNOWN, Origin, working_for
from shared.telemetry.logs import fields
from shared.telemetry.tracing import Span, span
from worker.celery_app import app
from worker.metrics import (
    count_begun,
    count_canceled,
    count_failed,
    count_not_begun,
    count_succeeded,
    count_undecoded,
)
from worker.model.bundle import bundle_for
from worker.pictures.making import make_pictures
from worker.pipeline import Examination, examine_recording
from worker.steps import TracedSteps
from worker.working_time import WorkingTime

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def attempts() -> Attempts:
    """One store per process, made on first use: after the fork."""
    return Attempts(get_settings())


def attempt_prefix(worker: str, pid: int) -> str:
    """How the token of every attempt in one pool child begins."""
    return f"{worker}:{pid}:"


class SureTask(Task):  # type: ignore[misc]
    """A task whose message is never kept in hand by mistake."""

    Request = "worker.sure_request:SureRequest"


class JobTask(Task):  # type: ignore[misc]
    """A task whose hard time limit ends its job too."""

    Request = "worker.requests:JobRequest"


@app.task(name=DIAGNOSE, base=JobTask, bind=True)  # type: ignore[untyped-decorator]
def diagnose(self: Task, job_id: JobId) -> None:
    """Attempt a job and end it, unless it has ended or a newer attempt has taken it over."""
    # A message that was queued by an older gateway says nothing of where it comes from.
    came_with = {**UNKNOWN.headers, **(self.request.headers or {})}
    its_origin = Origin(came_with["request_id"], came_with["traceparent"])
    with (
        working_for(job_id, its_origin.request_id),
        span("diagnose", "consumer", its_origin.traceparent, {"cough.job_id": job_id}) as attempted,
    ):
        try:
            _attempt(job_id, self.request.hostname, attempted)
        except (redis.RedisError, SoftTimeLimitExceeded, _HinderedError) as error:
            # The job stands in Redis as it was: let the message come again.
            raise Reject(error, requeue=True) from error


def _attempt(job_id: JobId, worker: str, attempted: Span) -> None:
    token = attempt_prefix(worker, os.getpid()) + uuid.uuid4().hex
    attempt = attempts().begin(job_id, token, worker)
    if isinstance(attempt, NotBegun):
        count_not_begun(attempt)
        logger.info("job %s: nothing to do, it is %s", job_id, attempt)
        return
    count_begun(attempt)
    attempted.tell({"cough.model": str(attempt.model), "cough.delivery": attempt.delivery})
    outcome = _diagnose(attempt)
    if outcome is None:
        ended, what = attempts().cancel(attempt), "canceled"
    elif isinstance(outcome, _Diagnosed):
        ended, what = attempts().succeed(attempt, outcome.result, outcome.pictures), "succeeded"
    else:
        ended, what = attempts().fail(job_id, token, outcome), outcome.code
        attempted.fail(outcome.code)
    attempted.tell({"cough.outcome": what})
    if ended:
        _count(attempt, outcome)
    logger.info(
        "job %s: %s%s",
        job_id,
        what,
        "" if ended else ", too late to count",
        extra=fields(outcome=what, model=str(attempt.model), delivery=attempt.delivery),
    )


def _count(attempt: Attempt, outcome: _Diagnosed | RecordingError | None) -> None:
    if outcome is None:
        count_canceled(attempt.model)
    elif isinstance(outcome, _Diagnosed):
        count_succeeded(attempt.model, outcome.result.timings_ms)
    else:
        count_failed(attempt.model, outcome)


class _Unwanted(Exception):  # noqa: N818 (no error: somebody changed their mind)
    """The job was canceled or deleted, or another attempt has taken it over."""


class _HinderedError(Exception):
    """The time limit was reached, but not by working on this recording."""


@dataclass(frozen=True, slots=True)
class _Diagnosed:
    """How a job succeeds."""

    result: Result
    pictures: Pictures


def _diagnose(attempt: Attempt) -> _Diagnosed | RecordingError | None:
    """How the job is to end; None: nobody wants its diagnosis any more."""
    settings = get_settings()
    working_time = WorkingTime(os.getpid())

    def stop_if_unwanted() -> None:
        if not attempts().wanted(attempt):
            raise _Unwanted

    try:
        bundle = bundle_for(settings.models_dir, attempt.model)
        with TracedSteps(stop_if_unwanted) as steps:
            examined = examine_recording(
                attempt.recording,
                attempt.format,
                bundle,
                settings.max_audio_seconds,
                steps.next,
            )
        if not attempt.pictures:
            return _Diagnosed(examined.result, NO_PICTURES)
        stop_if_unwanted()
        with span("pictures"):
            return _Diagnosed(examined.result, _pictures(attempt, examined, bundle.card))
    except _Unwanted:
        return None
    except redis.RedisError:
        raise
    except RecordingError as error:
        count_undecoded(attempt, error)
        return error
    except BundleError:
        logger.exception("job %s: its bundle cannot be used", attempt.job_id)
        return ModelBrokenError(f"This worker's copy of {attempt.model} cannot be used")
    except SoftTimeLimitExceeded:
        if working_time.hindered() and attempt.delivery < settings.max_deliveries:
            logger.warning("job %s: kept from working until its time limit", attempt.job_id)
            raise _HinderedError from None
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


@app.task(name=BEAT, base=SureTask, bind=True)  # type: ignore[untyped-decorator]
def beat(self: Task) -> None:
    """Prove that this worker takes messages from the queue."""
    Heartbeats(attempts().redis).beat(self.request.hostname)
