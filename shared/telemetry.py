"""Logging, the same in every process. Nothing of a recording or its name is ever logged."""

from __future__ import annotations

import logging


def configure_logging(level: str) -> None:
    """Log to standard error, one line an event."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(message)s", force=True)
    for chatty in ("celery", "kombu", "amqp", "httpcore", "httpx", "numba"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
