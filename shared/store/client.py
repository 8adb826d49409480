"""Connections to Redis that never wait for ever."""

from __future__ import annotations

from typing import Final

import redis
import redis.asyncio

from shared.settings import Settings

_TIMEOUT_S: Final = 5.0
_CONNECT_TIMEOUT_S: Final = 2.0


def connect(settings: Settings) -> redis.Redis:
    """A blocking client; it connects on first use."""
    return redis.Redis.from_url(
        settings.redis_url,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
    )


def connect_async(settings: Settings) -> redis.asyncio.Redis:
    """An asyncio client; it connects on first use."""
    return redis.asyncio.Redis.from_url(
        settings.redis_url,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
    )
