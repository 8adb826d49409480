"""Connections to Redis that never wait for ever."""

from __future__ import annotations

from typing import Final

import redis
import redis.asyncio

from shared.settings import Settings

_TIMEOUTS: Final = {"socket_timeout": 5.0, "socket_connect_timeout": 2.0}


def connect(settings: Settings) -> redis.Redis:
    """A blocking client; it connects on first use."""
    return redis.Redis.from_url(settings.redis_url, **_TIMEOUTS)


def connect_async(settings: Settings) -> redis.asyncio.Redis:
    """An asyncio client; it connects on first use."""
    return redis.asyncio.Redis.from_url(settings.redis_url, **_TIMEOUTS)
