"""Runs that come together go together, and none has to do with what becomes of another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import redis

from shared.settings import Settings
from shared.store.client import connect_async
from shared.store.group_commit import MAX_BYTES, MAX_GROUPS, GroupCommit
from tests.support.redis_server import RedisServer

COUNT = "redis.call('INCRBY', KEYS[1], 1) return ARGV[1]"
REFUSE_ODD = "if ARGV[1] % 2 == 1 then return redis.error_reply('ODD') end return ARGV[1]"
SLOW = """
local clock = redis.call('TIME')
local ends = clock[1] * 1000000 + clock[2] + 100000
repeat clock = redis.call('TIME') until clock[1] * 1000000 + clock[2] > ends
return redis.call('RPUSH', KEYS[1], ARGV[1])
"""


def run(url: str, script: str, test: Callable[[GroupCommit, Any], Awaitable[None]]) -> None:
    async def main() -> None:
        async with connect_async(Settings(redis_url=url), timeout_s=None) as client:
            await test(GroupCommit(client, script), client)

    asyncio.run(main())


async def transactions(client: Any) -> int:
    return int((await client.info("commandstats")).get("cmdstat_exec", {"calls": 0})["calls"])


def test_each_gets_its_own_answer_and_few_transactions_are_made(redis_url: str) -> None:
    async def test(commit: GroupCommit, client: Any) -> None:
        before = await transactions(client)

        answers = await asyncio.gather(*(commit.run(["n"], [number], 1) for number in range(100)))

        assert answers == [str(number).encode() for number in range(100)]
        assert await client.get("n") == b"100"
        assert await transactions(client) - before <= 20

    run(redis_url, COUNT, test)


def test_who_comes_alone_goes_at_once(redis_url: str) -> None:
    async def test(commit: GroupCommit, client: Any) -> None:
        for number in range(20):
            assert await commit.run(["n"], [number], 2 * MAX_BYTES) == str(number).encode()

    run(redis_url, COUNT, test)


def test_a_large_one_does_not_go_with_others(redis_url: str) -> None:
    async def test(commit: GroupCommit, client: Any) -> None:
        await commit.run(["n"], [0], 1)  # Redis knows the script
        before = await transactions(client)

        await asyncio.gather(*(commit.run(["n"], [1], MAX_BYTES) for _ in range(6)))

        assert await transactions(client) - before == 6

    run(redis_url, COUNT, test)


def test_one_that_is_refused_harms_no_other(redis_url: str) -> None:
    async def test(commit: GroupCommit, client: Any) -> None:
        runs = (commit.run([], [number], 1) for number in range(8))
        answers = await asyncio.gather(*runs, return_exceptions=True)

        for number, answer in enumerate(answers):
            if number % 2:
                assert isinstance(answer, redis.ResponseError)
            else:
                assert answer == str(number).encode()

    run(redis_url, REFUSE_ODD, test)


def test_a_redis_that_has_forgotten_the_script_is_told_it(redis_url: str) -> None:
    async def test(commit: GroupCommit, client: Any) -> None:
        for _ in range(2):
            await client.script_flush()
            answers = await asyncio.gather(*(commit.run(["n"], [one], 1) for one in "abc"))
            assert answers == [b"a", b"b", b"c"]
        assert await client.get("n") == b"6"

    run(redis_url, COUNT, test)


def test_who_gives_up_before_its_turn_is_not_run(redis_url: str) -> None:
    async def test(commit: GroupCommit, client: Any) -> None:
        large = (commit.run(["l"], ["first"], MAX_BYTES) for _ in range(MAX_GROUPS))
        first = [asyncio.create_task(one) for one in large]
        await asyncio.sleep(0)  # they are the groups under way
        await asyncio.sleep(0)
        late = asyncio.create_task(commit.run(["l"], ["late"], 1))
        last = asyncio.create_task(commit.run(["l"], ["last"], 1))
        await asyncio.sleep(0)
        late.cancel()

        await asyncio.gather(*first, last)

        with pytest.raises(asyncio.CancelledError):
            await late
        assert await client.lrange("l", 0, -1) == [b"first"] * MAX_GROUPS + [b"last"]

    run(redis_url, SLOW, test)


def test_when_redis_is_away_all_are_told_and_when_it_is_back_all_goes_on(
    own_redis_server: RedisServer,
) -> None:
    async def test(commit: GroupCommit, client: Any) -> None:
        await asyncio.to_thread(own_redis_server.kill)
        runs = [commit.run(["n"], [number], 1) for number in range(50)]
        for answer in await asyncio.gather(*runs, return_exceptions=True):
            assert isinstance(answer, redis.RedisError | OSError)

        await asyncio.to_thread(own_redis_server.start)
        answers = await asyncio.gather(*(commit.run(["n"], [one], 1) for one in range(50)))
        assert answers == [str(number).encode() for number in range(50)]

    run(own_redis_server.url, COUNT, test)
