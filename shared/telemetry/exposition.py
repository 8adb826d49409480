"""Metrics for Prometheus, on a port of their own: what they tell is not for the world."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, start_http_server

from shared.settings import Settings


class MetricsPortError(Exception):
    """`METRICS_PORT` cannot be listened on."""


def serve_metrics(settings: Settings, registry: CollectorRegistry = REGISTRY) -> None:
    """Answer `GET /metrics` on `METRICS_HOST:METRICS_PORT` by a thread, if there is such a port.

    Raises:
        MetricsPortError: it is taken, or not ours to take.
    """
    if not settings.metrics_port:
        return
    try:
        start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        where = f"{settings.metrics_host}:{settings.metrics_port}"
        raise MetricsPortError(f"METRICS_PORT: {where}: {error.strerror}") from error
