"""A Redis client that sends together what many requests ask for at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import redis
import redis.asyncio
from redis.asyncio.connection import ConnectionPool

_HEAVY_BYTES: Final = 16 * 1024
_BUNDLE_BYTES: Final = 1024**2
_TIMEOUT_S: Final = 5.0


class _Command(NamedTuple):
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    answer: asyncio.Future[Any]
    size: int


class BundlingRedis(redis.asyncio.Redis):
    """Commands of the requests that a busy process has in hand go in one pipeline.

    So for several requests Redis is written to once, and writes to its disk once. An idle process's
    command goes as soon as before. Each gets its own answer or error; but for a connection that
    fails or takes longer than `timeout_s`, which is everybody's error.

    Commands with a recording in them have a way of their own, so that no short question waits for
    them: one bundle at a time, of 1 MiB if it is more than one command. So the recordings that are
    in memory twice, here and on their way, are few.
    """

    timeout_s = _TIMEOUT_S

    def __init__(self, *, connection_pool: ConnectionPool) -> None:
        super().__init__(connection_pool=connection_pool)
        self._light: list[_Command] = []
        self._heavy: deque[_Command] = deque()
        self._heavy_is_under_way = False
        self._sending: set[asyncio.Task[None]] = set()  # or they might be forgotten

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Redis's answer to one command.

        Raises:
            redis.RedisError, OSError: the command failed, or Redis is away.
        """
        loop = asyncio.get_running_loop()
        size = max(len(argument) if isinstance(argument, bytes) else 0 for argument in args)
        command = _Command(args, options, loop.create_future(), size)
        if size >= _HEAVY_BYTES:
            self._heavy.append(command)
            if not self._heavy_is_under_way:
                self._heavy_is_under_way = True
                loop.call_soon(self._send_heavy)
        else:
            self._light.append(command)
            if len(self._light) == 1:
                loop.call_soon(self._send_light)
        return await command.answer

    def _send_light(self) -> None:
        bundle, self._light = self._light, []
        self._send(bundle, lambda: None)

    def _send_heavy(self) -> None:
        bundle: list[_Command] = []
        room = _BUNDLE_BYTES
        while self._heavy and (not bundle or self._heavy[0].size <= room):
            command = self._heavy.popleft()
            if not command.answer.done():  # somebody still waits for it
                bundle.append(command)
                room -= command.size
        self._heavy_is_under_way = bool(bundle)
        if bundle:
            self._send(bundle, self._send_heavy)

    def _send(self, bundle: list[_Command], then: Callable[[], None]) -> None:
        sending = asyncio.create_task(self._answer(bundle, then))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def _answer(self, bundle: list[_Command], then: Callable[[], None]) -> None:
        pipe = self.pipeline(transaction=False)
        for command in bundle:
            pipe.execute_command(*command.arguments, **command.options)
        answers: list[Any]
        try:
            async with asyncio.timeout(self.timeout_s):
                answers = await pipe.execute(raise_on_error=False)
        except (redis.RedisError, OSError) as error:
            answers = [error] * len(bundle)
        finally:
            then()  # the next ones go before these are told
        for command, answer in zip(bundle, answers, strict=True):
            if command.answer.done():  # nobody waits for it any more
                continue
            if isinstance(answer, Exception):
                command.answer.set_exception(answer)
            else:
                command.answer.set_result(answer)
