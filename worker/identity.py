"""The name under which a worker is known to the queue and to its health check."""

from __future__ import annotations

import socket

from shared.settings import Settings


def worker_name(settings: Settings) -> str:
    """The Celery node name: unique among the workers of one Redis."""
    return settings.worker_name or f"worker@{socket.gethostname()}"
