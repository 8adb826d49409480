"""`python -m worker.health`: does this machine's worker take messages? Exit status 0 if it does."""

from __future__ import annotations

import sys

import redis

from shared.settings import get_settings
from shared.store.client import connect
from shared.store.heartbeats import Heartbeats
from worker.identity import worker_name


def main() -> int:
    """Ask Redis when this worker last took a message."""
    settings = get_settings()
    worker = worker_name(settings)
    try:
        age = Heartbeats(connect(settings)).age_s(worker)
    except redis.RedisError as error:
        print(f"Redis is away: {type(error).__name__}", file=sys.stderr)
        return 1
    if age is None or age > settings.heartbeat_max_age_s:
        print(f"{worker} takes no messages (last: {age} s ago)", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
