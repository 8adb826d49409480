"""A thousand who wait cost the gateway little memory, no work, and Redis nothing."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack

import psutil
import redis

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from shared.job import JobId
from shared.settings import Settings
from shared.store.attempts import Attempts
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, free_port, running
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
WAITERS = 1000
MOST_BYTES = 60 * 1000 * 1000
OBSERVED_S = 4.0
MOST_CPU_S = 0.1  # a fortieth of one core: the clock that measures it ticks in hundredths


def test_a_thousand_waiters_cost_next_to_nothing(redis_server_url: str) -> None:
    port = free_port()
    program = ["-m", "api", "--port", str(port)]
    with ExitStack() as stack:
        gateway = stack.enter_context(
            running(lambda: Program(*program, REDIS_URL=redis_server_url), "running on")
        )
        client = stack.enter_context(Client(f"http://127.0.0.1:{port}"))
        store = stack.enter_context(redis.Redis.from_url(redis_server_url))
        job_id = client.submit(RECORDING)
        for _ in range(50):
            client.job(job_id)
        process = psutil.Process(gateway.process.pid)
        before = process.memory_info().rss
        idle = _cpu_s(process)

        answers = asyncio.run(_wait(port, job_id, process, store))

        assert answers == {b"HTTP/1.1 200 OK": WAITERS}
        bytes_more, cpu_s, commands = _measured.pop()
        bytes_more -= before
        print(f"{WAITERS} waiters: {bytes_more / 1e6:.1f} MB, {cpu_s:.2f} s of {OBSERVED_S} s")
        assert bytes_more < MOST_BYTES
        assert cpu_s < idle + MOST_CPU_S
        assert commands < 20  # the measuring itself, and a ping of the subscription's


_measured: list[tuple[int, float, int]] = []


async def _wait(
    port: int, job_id: str, process: psutil.Process, store: redis.Redis
) -> dict[bytes, int]:
    """Let all wait, measure meanwhile, end the job, and count what they are answered."""
    request = f"GET /v1/jobs/{job_id} HTTP/1.1\r\nhost: here\r\nprefer: wait=30\r\n\r\n".encode()
    connections = []
    for _ in range(WAITERS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        connections.append((reader, writer))
    await asyncio.to_thread(_until_quiet, store)
    commands = _commands(store)
    cpu_s = await asyncio.to_thread(_cpu_s, process)
    _measured.append((process.memory_info().rss, cpu_s, _commands(store) - commands))

    settings = Settings(redis_url=f"unix://{store.connection_pool.connection_kwargs['path']}")
    attempts = Attempts(settings)
    attempts.begin(JobId(job_id), "token", "worker@test")
    attempts.fail(JobId(job_id), "token", CorruptAudioError("no"))
    attempts.redis.close()
    answers: dict[bytes, int] = {}
    for reader, writer in connections:
        status = (await asyncio.wait_for(reader.readline(), 20)).strip()
        answers[status] = answers.get(status, 0) + 1
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
