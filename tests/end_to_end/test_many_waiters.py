"""A thousand who wait cost the gateway little memory, no work, and Redis nothing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from dataclasses import dataclass

import psutil
import redis

from shared.audio_format import AudioFormat
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
WAITERS = 1000
MOST_BYTES = 60 * 1000 * 1000
OBSERVED_S = 4.0
MOST_CPU_S = 0.1  # a fortieth of one core: the clock that measures it ticks in hundredths


@dataclass
class Cost:
    """What waiting took of the gateway and of Redis."""

    rss: int = 0
    cpu_s: float = 0.0
    commands: int = 0


def test_a_thousand_waiters_cost_next_to_nothing(redis_server_url: str) -> None:
    with gateway_alone(redis_server_url) as alone:
        job_id = alone.client.submit(RECORDING)
        for _ in range(50):
            alone.client.job(job_id)
        process = psutil.Process(alone.program.process.pid)
        rss, idle_s = process.memory_info().rss, _cpu_s(process)
        cost = Cost()

        answers = asyncio.run(_wait(alone, job_id, process, cost))

        assert answers == {b"HTTP/1.1 200 OK": WAITERS}
        more = cost.rss - rss
        print(f"{WAITERS} waiters: {more / 1e6:.1f} MB, {cost.cpu_s:.2f} s of {OBSERVED_S} s")
        assert more < MOST_BYTES
        assert cost.cpu_s < idle_s + MOST_CPU_S
        assert cost.commands < 20  # the measuring itself, and a ping of the subscription's


async def _wait(
    alone: GatewayAlone, job_id: str, process: psutil.Process, cost: Cost
) -> Counter[bytes]:
    """Let all wait, measure meanwhile, end the job, and count what they are answered."""
    request = f"GET /v1/jobs/{job_id} HTTP/1.1\r\nhost: here\r\nprefer: wait=30\r\n\r\n".encode()
    url = alone.client.http.base_url
    connections = []
    for _ in range(WAITERS):
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(request)
        connections.append((reader, writer))
    await asyncio.to_thread(_until_quiet, alone.redis)
    commands = _commands(alone.redis)
    cost.cpu_s = await asyncio.to_thread(_cpu_s, process)
    cost.rss, cost.commands = process.memory_info().rss, _commands(alone.redis) - commands

    await asyncio.to_thread(alone.fail, job_id)
    answers: Counter[bytes] = Counter()
    for reader, writer in connections:
        answers[(await asyncio.wait_for(reader.readline(), 20)).strip()] += 1
        writer.close()
    return answers


def _until_quiet(store: redis.Redis) -> None:
    """Until nobody has read a job for half a second: all wait."""
    pause = threading.Event()
    reads = -1
    while reads != (reads := _reads(store)) or reads < WAITERS:
        pause.wait(0.5)


def _reads(store: redis.Redis) -> int:
    return int(store.info("commandstats")["cmdstat_hgetall"]["calls"])


def _commands(store: redis.Redis) -> int:
    return int(store.info("stats")["total_commands_processed"])


def _cpu_s(process: psutil.Process) -> float:
    """Seconds of processor time that it takes while it is observed."""
    before = process.cpu_times()
    threading.Event().wait(OBSERVED_S)
    after = process.cpu_times()
    return float(after.user - before.user + after.system - before.system)
