"""Connections to Redis that never wait for ever, and what their failure is to the gateway."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Final, ParamSpec, TypeVar

import redis
import redis.asyncio

from shared.errors import StoreUnavailableError
from shared.settings import Settings
from shared.store.pool import WaitingPool

P = ParamSpec("P")
T = TypeVar("T")

TIMEOUT_S: Final = 5.0
_CONNECT_TIMEOUT_S: Final = 2.0
_MOST_CONNECTIONS: Final = 32


def connect(settings: Settings) -> redis.Redis:
    """A blocking client; it connects on first use."""
    return redis.Redis.from_url(
        settings.redis_url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
    )


def connect_async(
    settings: Settings, *, timeout_s: float | None = TIMEOUT_S
) -> redis.asyncio.Redis:
    """An asyncio client; it connects on first use, and when many ask at once they queue.

    Args:
        settings: where Redis is.
        timeout_s: of each step; None: whoever calls breaks it off, which costs less.
    """
    pool = WaitingPool.from_url(
        settings.redis_url,
        max_connections=_MOST_CONNECTIONS,
        socket_timeout=timeout_s,
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
    )
    return redis.asyncio.Redis.from_pool(pool)


def unavailable_when_redis_fails(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[T]]:
    """Let a method of the gateway's side raise `StoreUnavailableError` when Redis fails it.

    That it takes too long is a failure, too.
    """

    @functools.wraps(method)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await method(*args, **kwargs)
        except (redis.RedisError, OSError) as error:
            raise StoreUnavailableError(f"Redis: {type(error).__name__}") from error

    return guarded
