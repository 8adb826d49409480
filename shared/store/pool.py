"""A pool of connections to Redis that takes and gives them with less ado than redis-py's own."""

from __future__ import annotations

import asyncio
from typing import Any

import redis.asyncio
from redis.asyncio.connection import AbstractConnection
from redis.connection import HiredisRespSerializer


class _PackedInC(AbstractConnection):
    """redis-py lets hiredis read, and, in its blocking connections alone, write."""

    def pack_command(self, *args: Any) -> list[bytes]:
        """A command as it is sent."""
        packed: list[bytes] = HiredisRespSerializer().pack(*args)
        return packed


class WaitingPool(redis.asyncio.ConnectionPool):
    """Like `redis.asyncio.BlockingConnectionPool`: who asks while all are in use waits.

    That one takes a condition, two locks and a timeout for each command, which was a third of what
    a small command costs the gateway's CPU. Between two awaits no other task of a loop can come
    in, so this one counts.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        base = self.connection_class
        self.connection_class = type(base.__name__, (_PackedInC, base), {})
        self._places = asyncio.Semaphore(self.max_connections)

    async def get_connection(self, *_: Any, **__: Any) -> AbstractConnection:
        """One that is connected, and on which nothing is left to read.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        await self._places.acquire()
        try:
            connection: AbstractConnection = self.get_available_connection()  # type: ignore[no-untyped-call]
        except BaseException:
            self._places.release()
            raise
        try:
            if not connection.is_connected or await connection.can_read():
                await self.ensure_connection(connection)
        except BaseException:
            await self.release(connection)
            raise
        return connection

    async def release(self, connection: AbstractConnection) -> None:
        """Give it back."""
        try:
            if connection.should_reconnect():  # type: ignore[no-untyped-call]
                await connection.disconnect()
        finally:
            self._in_use_connections.remove(connection)
            self._available_connections.append(connection)
            self._places.release()
