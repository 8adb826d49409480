"""Commands that are asked for together go to Redis together, and each gets its own answer."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import redis
import redis.asyncio

from shared.settings import Settings
from shared.store.bundling import BundlingRedis
from shared.store.client import connect_bundling
from tests.support.redis_server import RedisServer


@asynccontextmanager
async def bundling(url: str) -> AsyncIterator[redis.asyncio.Redis]:
    client = connect_bundling(Settings(redis_url=url))
    try:
        yield client
    finally:
        await client.aclose()


def test_each_gets_its_own_answer_or_error(redis_url: str) -> None:
    async def ask() -> list[object]:
        async with bundling(redis_url) as client:
            await client.set("text", "a")
            return await asyncio.gather(
                *(client.incr("count") for _ in range(20)),
                client.incr("text"),
                client.hgetall("nothing"),
                return_exceptions=True,
            )

    *counts, error, nothing = asyncio.run(ask())
    assert counts == list(range(1, 21))
    assert isinstance(error, redis.ResponseError)
    assert nothing == {}


def test_what_is_asked_in_one_turn_takes_one_connection(
    redis_url: str, redis_client: redis.Redis
) -> None:
    before = len(redis_client.client_list())

    async def ask() -> int:
        async with bundling(redis_url) as client:
            await asyncio.gather(*(client.incr("count") for _ in range(50)))
            return len(redis_client.client_list()) - before

    assert asyncio.run(ask()) == 1


def test_recordings_go_by_themselves_and_a_few_at_a_time(
    redis_url: str, redis_client: redis.Redis
) -> None:
    recording = bytes(100_000)
    before = len(redis_client.client_list())

    async def ask() -> tuple[int, list[object]]:
        async with bundling(redis_url) as client:
            asked = [client.set(f"recording{number}", recording) for number in range(20)]
            answers = await asyncio.gather(client.set("short", 1), *asked)
            return len(redis_client.client_list()) - before, list(answers)

    connections, answers = asyncio.run(ask())

    assert connections == 5  # four with a recording, one for all that is short
    assert answers == [True] * 21


def test_a_script_that_redis_has_forgotten_is_sent_again(
    redis_url: str, redis_client: redis.Redis
) -> None:
    async def ask() -> list[object]:
        async with bundling(redis_url) as client:
            script = client.register_script("return ARGV[1]")
            await script(args=["once"])
            redis_client.script_flush()
            return list(await asyncio.gather(script(args=["a"]), script(args=["b"])))

    assert asyncio.run(ask()) == [b"a", b"b"]


def test_who_goes_away_takes_no_other_along(redis_url: str) -> None:
    async def ask() -> int:
        async with bundling(redis_url) as client:
            gone, stays = (asyncio.ensure_future(client.incr("count")) for _ in range(2))
            await asyncio.sleep(0)  # both have asked
            gone.cancel()
            return int(await stays)

    assert asyncio.run(ask()) == 2


def test_a_redis_that_is_away_fails_all_who_ask(own_redis_server: RedisServer) -> None:
    async def ask() -> list[object]:
        async with bundling(own_redis_server.url) as client:
            await client.ping()
            own_redis_server.kill()
            asked = [client.incr("count") for _ in range(3)]
            return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(ask())
    assert all(isinstance(answer, redis.RedisError | OSError) for answer in answers), answers


def test_a_redis_that_does_not_answer_is_given_up(
    own_redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BundlingRedis, "TIMEOUT_S", 0.2)

    async def ask() -> list[object]:
        async with bundling(own_redis_server.url) as client:
            await client.ping()
            assert own_redis_server.process is not None
            own_redis_server.process.send_signal(signal.SIGSTOP)
            try:
                return list(await asyncio.gather(client.incr("count"), return_exceptions=True))
            finally:
                own_redis_server.process.send_signal(signal.SIGCONT)

    (answer,) = asyncio.run(ask())
    assert isinstance(answer, TimeoutError)
