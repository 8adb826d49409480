"""What the worker counts, and times, for Prometheus.

Pool children do the work and the main process answers for them, so where metrics are served they
are kept in mapped files of a folder in /tmp, one file a place in the pool: a child that is killed
leaves its file to the one that takes its place, and nothing that was counted is lost.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from typing import Final

from celery.utils.log import current_process_index
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

from shared.errors import RecordingError
from shared.job import ModelReference, Timings
from shared.settings import get_settings
from shared.store.attempts import Attempt, NotBegun

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


def _share_between_processes() -> None:
    """Keep what is counted in files; before anything that counts is made, and before the fork."""
    main = os.getpid()
    folder = tempfile.mkdtemp(prefix="cough-metrics-")
    os.environ[_FOLDER] = folder

    def remove() -> None:
        if os.getpid() == main:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    by_place = values.MultiProcessValue(_place)  # type: ignore[no-untyped-call]
    values.ValueClass = by_place


def _place() -> str:
    """Of this process in the pool; at any time nobody else has it."""
    return str(current_process_index() or "main")


if get_settings().metrics_port:
    _share_between_processes()

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

JOBS: Final = Counter(
    "cough_jobs",
    "Jobs that a worker ended",
    ["status", "code", "model"],
)
STEPS: Final = Histogram(
    "cough_job_step_seconds",
    "waiting: from acceptance to an attempt; decode, spectrogram, inference; total: these three",
    ["step"],
    buckets=_SECONDS,
)
UNDECODED: Final = Counter(
    "cough_undecodable_recordings",
    "Recordings that could not be diagnosed, by what their first bytes said they were",
    ["format", "code"],
)
REDELIVERIES: Final = Counter(
    "cough_redeliveries", "Attempts that were not their job's first: a process was lost before"
)
IDLE_MESSAGES: Final = Counter(
    "cough_messages_without_attempt", "Messages whose job was not to be begun", ["reason"]
)
RECOVERIES: Final = Counter(
    "cough_recoveries", "Jobs that had lost their message and were queued again"
)
MODEL: Final = Gauge(
    "cough_worker_model",
    "The bundle that diagnoses when none is asked for: 1",
    ["model"],
    multiprocess_mode="max",
)


def registry() -> CollectorRegistry:
    """What this worker's processes have counted, together."""
    collected = CollectorRegistry()
    MultiProcessCollector(collected, os.environ[_FOLDER])  # type: ignore[no-untyped-call]
    return collected


def count_begun(attempt: Attempt) -> None:
    """A message has led to an attempt."""
    STEPS.labels("waiting").observe(attempt.waited_s)
    if attempt.delivery > 1:
        REDELIVERIES.inc()


def count_not_begun(reason: NotBegun) -> None:
    """A message has led to none, which may have ended its job."""
    IDLE_MESSAGES.labels(reason).inc()
    ended = _ENDED_BY.get(reason)
    if ended:
        JOBS.labels(*ended, "").inc()


def count_succeeded(model: ModelReference, timings: Timings) -> None:
    """A job has ended with a diagnosis."""
    JOBS.labels("succeeded", "", str(model)).inc()
    for step, milliseconds in timings.model_dump().items():
        STEPS.labels(step).observe(milliseconds / 1000)


def count_failed(model: ModelReference | None, error: RecordingError) -> None:
    """A job has ended with an error; None: who ended it knows no model."""
    JOBS.labels("failed", error.code, str(model or "")).inc()


def count_canceled(model: ModelReference) -> None:
    """A job has ended as its sender wished."""
    JOBS.labels("canceled", "", str(model)).inc()


def count_undecoded(attempt: Attempt, error: RecordingError) -> None:
    """A recording was at fault."""
    UNDECODED.labels(attempt.format, error.code).inc()


_ENDED_BY: Final = {
    NotBegun.LOST: ("failed", "worker_lost"),
    NotBegun.EXPIRED: ("failed", "recording_expired"),
    NotBegun.CANCELED: ("canceled", ""),
}
