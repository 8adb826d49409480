"""A Redis client that sends what is asked for in one turn of the event loop together."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import cached_property
from typing import Any, Final, NamedTuple

import redis
import redis.asyncio


class _Command(NamedTuple):
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    answer: asyncio.Future[Any]

    @property
    def heavy(self) -> bool:
        """Whether it carries a recording."""
        return any(isinstance(it, bytes) and len(it) >= _HEAVY_BYTES for it in self.arguments)


_HEAVY_BYTES: Final = 64 * 1024
_MOST_HEAVY: Final = 4  # on their way at once: each is in memory twice more meanwhile


class BundlingRedis(redis.asyncio.Redis):
    """Commands of the requests that a busy process has in hand go in one pipeline.

    So for several requests Redis is written to once, and writes to its disk once. An idle process's
    command goes as soon as before. Each gets its own answer or error; but for a connection that
    fails or takes longer than `TIMEOUT_S`, which is everybody's error. A command with a recording
    goes by itself, a few at a time, so that nobody's short question waits for many of them.
    """

    TIMEOUT_S = 5.0

    _asked: list[_Command] | None = None
    _sending: set[asyncio.Task[None]]

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Redis's answer to one command.

        Raises:
            redis.RedisError, OSError: the command failed, or Redis is away.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        command = _Command(args, options, answer)
        if self._asked is None:
            self._asked = [command]
            loop.call_soon(self._send)
        else:
            self._asked.append(command)
        return await answer

    def _send(self) -> None:
        assert self._asked is not None
        bundle, self._asked = self._asked, None
        light = [command for command in bundle if not command.heavy]
        if light:
            self._start(self._answer(light))
        for command in bundle:
            if command.heavy:
                self._start(self._answer_heavy(command))

    def _start(self, answering: Coroutine[Any, Any, None]) -> None:
        sending = asyncio.create_task(answering)
        self.__dict__.setdefault("_sending", set()).add(sending)  # or it might be forgotten
        sending.add_done_callback(self._sending.discard)

    @cached_property
    def _heavy_ways(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(_MOST_HEAVY)

    async def _answer_heavy(self, command: _Command) -> None:
        async with self._heavy_ways:
            if not command.answer.done():  # somebody still waits for it
                await self._answer([command])

    async def _answer(self, bundle: list[_Command]) -> None:
        pipe = self.pipeline(transaction=False)
        for command in bundle:
            pipe.execute_command(*command.arguments, **command.options)
        answers: list[Any]
        try:
            async with asyncio.timeout(self.TIMEOUT_S):
                answers = await pipe.execute(raise_on_error=False)
        except (redis.RedisError, OSError) as error:
            answers = [error] * len(bundle)
        for command, answer in zip(bundle, answers, strict=True):
            if command.answer.done():  # nobody waits for it any more
                continue
            if isinstance(answer, Exception):
                command.answer.set_exception(answer)
            else:
                command.answer.set_result(answer)
