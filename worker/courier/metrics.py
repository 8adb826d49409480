"""What the courier counts, and times, for Prometheus."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Histogram

from shared.webhooks import DeliveryStatus

_CALLS: Final = Counter(
    "cough_webhook_calls",
    "Calls of webhooks, by class of answer or why there was none; how the delivery stands now",
    ["answer", "status"],
)
_SECONDS: Final = Histogram(
    "cough_webhook_call_seconds",
    "How long a call took",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30),
)


def count_call(code: str, status: DeliveryStatus, seconds: float) -> None:
    """A webhook was called. Receivers choose among statuses freely, so they count by class."""
    _CALLS.labels(f"{code[0]}xx" if code.isdigit() else code, status).inc()
    _SECONDS.observe(seconds)
