"""Many runs of a script in one transaction (asyncio): what they write waits for the disk once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import redis.asyncio
from redis.exceptions import NoScriptError

from shared.store.client import TIMEOUT_S

MAX_GROUPS: Final = 4
MAX_RUNS: Final = 8
MAX_BYTES: Final = 4 * 1024**2


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    keys_and_args: tuple[Any, ...]
    number_of_keys: int
    size: int
    answer: asyncio.Future[Any]


class GroupCommit:
    """Runs a script in groups: while some are under way, those that come wait for a next group.

    Redis syncs its append-only file before it answers, and does nothing else meanwhile: for a
    recording this takes longer than all the rest. A group's writes are synced together. Who comes
    alone goes at once, and alone.

    At most 4 groups are under way. One has at most 8 runs, and 4 MiB or a single run.

    Args:
        client: of Redis.
        script: in Lua. Where its caller has given up it may have run all the same.
    """

    def __init__(self, client: redis.asyncio.Redis, script: str) -> None:
        self._redis = client
        self._script = client.register_script(script)
        self._waiting: deque[_Run] = deque()
        self._workers: set[asyncio.Task[None]] = set()

    async def run(self, keys: Sequence[str], args: Sequence[Any], size: int) -> Any:
        """Give the script's answer.

        Args:
            keys: of the script.
            args: of the script.
            size: how many bytes they are, about.

        Raises:
            redis.RedisError, OSError: Redis refuses it, or cannot be reached.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        run = _Run((*keys, *args), len(keys), size, answer)
        self._waiting.append(run)
        if len(self._workers) < MAX_GROUPS:
            # Begins when all have run that can: they are its group.
            self._workers.add(asyncio.create_task(self._work()))
        try:
            return await answer
        except asyncio.CancelledError:
            with suppress(ValueError):  # it is not waiting any more
                self._waiting.remove(run)
            raise

    async def _work(self) -> None:
        try:
            while group := self._next_group():
                for run, answer in zip(group, await self._answers(group), strict=True):
                    if run.answer.done():  # its caller has given up
                        continue
                    if isinstance(answer, Exception):
                        run.answer.set_exception(answer)
                    else:
                        run.answer.set_result(answer)
        finally:
            # In the same step in which it saw that none waits: the next one to come begins anew.
            self._workers.discard(asyncio.current_task())

    def _next_group(self) -> list[_Run]:
        group: list[_Run] = []
        size = 0
        while self._waiting and len(group) < MAX_RUNS:
            size += self._waiting[0].size
            if group and size > MAX_BYTES:
                break
            group.append(self._waiting.popleft())
        return group

    async def _answers(self, group: list[_Run]) -> list[Any]:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answers = await self._send(group)
                if any(isinstance(answer, NoScriptError) for answer in answers):
                    await self._redis.script_load(self._script.script)
                    answers = await self._send(group)
                return answers
        except Exception as error:  # whatever it is, who waits is told
            return [error] * len(group)

    async def _send(self, group: list[_Run]) -> list[Any]:
        async with self._redis.pipeline() as pipe:
            for run in group:
                pipe.evalsha(self._script.sha, run.number_of_keys, *run.keys_and_args)
            answers: list[Any] = await pipe.execute(raise_on_error=False)
            return answers
