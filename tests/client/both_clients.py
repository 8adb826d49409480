"""One test for both clients: the asyncio client, called as if it were the blocking one."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal, cast

from cough_client import AsyncCoughClient, CoughClient, RetryPolicy
from tests.client.scripted_server import Answer, ScriptedServer, scripted

Kind = Literal["blocking", "asyncio"]

# The schedule itself has tests of its own.
HASTY = RetryPolicy(base_s=0.01, cap_s=0.01)


class _Blocking:
    """Runs each method of the asyncio client to its end; iterators become lists."""

    def __init__(self, client: AsyncCoughClient, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(self._call, getattr(self._client, name))

    def _call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        called = method(*args, **kwargs)
        if inspect.isasyncgen(called):
            return iter(self._runner.run(_all(called)))
        return self._runner.run(called)


async def _all(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


@contextmanager
def either_client(
    kind: Kind, server: str, retries: RetryPolicy = HASTY, api_key: str | None = None
) -> Iterator[CoughClient]:
    """A client of that kind, closed in the end."""
    if kind == "blocking":
        with CoughClient(server, api_key, retries=retries) as client:
            yield client
        return
    with asyncio.Runner() as runner:
        own = AsyncCoughClient(server, api_key, retries=retries)
        try:
            yield cast(CoughClient, _Blocking(own, runner))
        finally:
            runner.run(own.close())


@contextmanager
def talking(kind: Kind, *script: Answer) -> Iterator[tuple[CoughClient, ScriptedServer]]:
    """A client of that kind, and the server with this script that it talks to."""
    with scripted(*script) as server, either_client(kind, server.url) as client:
        yield client, server
