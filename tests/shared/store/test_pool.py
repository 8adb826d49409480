"""Connections are lent to one at a time, to all in turn, and never dead."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio
from redis.asyncio.connection import AbstractConnection

from shared.store.pool import WaitingPool
from tests.support.redis_server import RedisServer

PLACES = 3
NAME = "test-pool"


def _pool(url: str) -> WaitingPool:
    return WaitingPool.from_url(url, max_connections=PLACES, client_name=NAME)


def test_more_than_there_are_connections_take_turns(redis_url: str) -> None:
    async def all_ask() -> list[int]:
        async with redis.asyncio.Redis.from_pool(_pool(redis_url)) as client:
            answers = await asyncio.gather(*(client.incr("asked") for _ in range(50)))
            clients = await client.client_list()
        assert 0 < sum(one["name"] == NAME for one in clients) <= PLACES
        return list(answers)

    assert sorted(asyncio.run(all_ask())) == list(range(1, 51))


def test_who_gives_up_waiting_takes_no_place(redis_url: str) -> None:
    async def give_up() -> None:
        pool = _pool(redis_url)
        lent: list[AbstractConnection] = [await pool.get_connection() for _ in range(PLACES)]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await pool.get_connection()
        for connection in lent:
            await pool.release(connection)
        again = {await pool.get_connection() for _ in range(PLACES)}
        assert again == set(lent)
        for connection in again:
            await pool.release(connection)
        await pool.aclose()

    asyncio.run(give_up())


def test_a_command_that_was_broken_off_leaves_nothing_for_the_next(redis_url: str) -> None:
    async def break_off() -> None:
        async with redis.asyncio.Redis.from_pool(_pool(redis_url)) as client:
            await client.set("name", "value")
            for _ in range(2 * PLACES):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await client.blpop(["nothing"], timeout=10)
            for _ in range(2 * PLACES):
                assert await client.get("name") == b"value"

    asyncio.run(break_off())


def test_connections_that_have_died_are_made_anew(own_redis_server: RedisServer) -> None:
    async def outlive() -> None:
        async with redis.asyncio.Redis.from_pool(_pool(own_redis_server.url)) as client:
            await asyncio.gather(*(client.ping() for _ in range(PLACES)))
            own_redis_server.kill()
            for _ in range(2 * PLACES):  # a failure leaves its place to the next, too
                with pytest.raises(redis.RedisError):
                    await client.ping()
            own_redis_server.start()
            assert all(await asyncio.gather(*(client.ping() for _ in range(2 * PLACES))))

    asyncio.run(outlive())


def test_an_idle_connection_whose_redis_was_restarted_costs_no_command(
    own_redis_server: RedisServer,
) -> None:
    async def go_on() -> None:
        async with redis.asyncio.Redis.from_pool(_pool(own_redis_server.url)) as client:
            await asyncio.gather(*(client.ping() for _ in range(PLACES)))
            await asyncio.to_thread(own_redis_server.kill)  # meanwhile the loop hears of it
            await asyncio.to_thread(own_redis_server.start)
            for _ in range(2 * PLACES):
                assert await client.ping()

    asyncio.run(go_on())
