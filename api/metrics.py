"""What the gateway counts and times for Prometheus, and what waits in the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import redis
from prometheus_client import (
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.settings import Settings
from shared.store.backlog import Backlog, read_backlog
from shared.store.client import connect

disable_created_metrics()  # type: ignore[no-untyped-call]

_REQUESTS: Final = Counter(
    "cough_http_requests",
    "Requests that were answered; status 499: whoever asked had gone",
    ["operation", "method", "status"],
)
_SECONDS: Final = Histogram(
    "cough_http_request_seconds",
    "From a request's head to the end of its answer, but for those that wait on purpose",
    ["operation"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
IN_PROGRESS: Final = Gauge("cough_http_requests_in_progress", "Requests that are being answered")


def count_request(operation: str, method: str, status: int, seconds: float | None) -> None:
    """A request has been answered; None: how long that took says nothing."""
    _REQUESTS.labels(operation, method, status).inc()
    if seconds is not None:
        _SECONDS.labels(operation).observe(seconds)


def watch_store(settings: Settings) -> None:
    """Let each look at the metrics ask the store what waits there.

    Every gateway tells the same of it: take the maximum, not the sum.
    """
    REGISTRY.register(_Store(settings))


class _Store(Collector):
    def __init__(self, settings: Settings) -> None:
        self._redis = connect(settings)
        self._most_jobs, self._most_bytes = settings.max_waiting_jobs, settings.max_waiting_bytes

    def describe(self) -> Iterator[Metric]:
        """Nothing: to be registered need not mean to ask Redis."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Ask Redis; while it is away, say that alone."""
        try:
            backlog = read_backlog(self._redis)
        except (redis.RedisError, OSError):
            yield GaugeMetricFamily("cough_redis_up", "Whether Redis answers", 0)
            return
        yield GaugeMetricFamily("cough_redis_up", "Whether Redis answers", 1)
        for name, what, value in self._told(backlog):
            yield GaugeMetricFamily(name, what, value)

    def _told(self, backlog: Backlog) -> Iterator[tuple[str, str, float]]:
        yield "cough_redis_persists", "Append-only file on and written", backlog.persists
        yield "cough_queue_jobs", "Jobs that wait for a worker", backlog.waiting_jobs
        yield "cough_queue_jobs_limit", "MAX_WAITING_JOBS", self._most_jobs
        yield "cough_running_jobs", "Jobs that a worker has begun", backlog.running_jobs
        yield "cough_recording_bytes", "of jobs that have not ended", backlog.recording_bytes
        yield "cough_recording_bytes_limit", "MAX_WAITING_BYTES", self._most_bytes
        oldest = backlog.oldest_waiting_s
        yield "cough_oldest_waiting_job_age_seconds", "0: none waits", oldest
        yield "cough_webhooks_due", "Webhooks that should have been called", backlog.webhooks_due
        late = backlog.oldest_webhook_s
        yield "cough_oldest_due_webhook_age_seconds", "0: none is due", late
        silence = backlog.worker_silence_s
        if silence is not None:
            yield "cough_worker_silence_seconds", "Since any worker took a message", silence
