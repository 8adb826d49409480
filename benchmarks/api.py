"""`make benchmark-api`: the gateway under load, beside a bare FastAPI app as its ceiling.

Closed loop (as fast as answers come) and open loop (at half that rate), over loopback, one process
each, alternating in short rounds; medians over the rounds. There is no worker: what is measured is
the gateway with its Redis, which writes each acceptance to disk. CPU is what the server process
took for one request, without Redis and the load's own: it holds on a busy machine, too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import httpx
import psutil
import redis
import uvloop

from benchmarks.load import Outcome, closed_loop, open_loop
from benchmarks.service import noise_bursts
from local.redis_server import redis_url, server_command
from shared.audio_format import AudioFormat
from shared.bundle import DISCLAIMER
from shared.job import JobId, ModelReference, Result
from shared.settings import Settings
from shared.store.attempts import Attempt, Attempts

_REPOSITORY = Path(__file__).resolve().parent.parent
_HOST = "127.0.0.1"
_RESULT = Result.model_validate(
    {
        "diagnosis": "sick",
        "score": 0.93,
        "probabilities": {"sick": 0.93, "not sick": 0.07},
        "audio": {"duration_s": 5.0, "sample_rate": 16_000, "channels": 1, "format": "wav"},
        "warnings": [],
        "timings_ms": {"decode": 1.5, "spectrogram": 2.5, "inference": 4.0, "total": 8.0},
        "disclaimer": DISCLAIMER,
    }
)


class Case(NamedTuple):
    """One request to one server."""

    name: str
    port: int
    request: bytes
    process: psutil.Process


class Round(NamedTuple):
    """What one round of a case has given."""

    outcome: Outcome
    cpu_ms: float


def main() -> None:
    """Start both servers, measure, print a table, stop them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recording", type=Path, help="default: 5 s of noise bursts as WAV")
    parser.add_argument("--seconds", type=float, default=2.0, help="a round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="of each case (%(default)s)")
    parser.add_argument("--connections", type=int, default=32, help="(%(default)s)")
    options = parser.parse_args()
    recording = options.recording.read_bytes() if options.recording else noise_bursts()
    with _servers() as (gateway, bare, store):
        _measure(options, recording, gateway, bare, store)


def _measure(
    options: argparse.Namespace,
    recording: bytes,
    gateway: tuple[int, psutil.Process],
    bare: tuple[int, psutil.Process],
    store: redis.Redis,
) -> None:
    print(
        "| | /s | p50 | p99 | CPU | open loop at | p50 | p99 |\n|---|---|---|---|---|---|---|---|"
    )
    ours = Case("POST /v1/jobs", gateway[0], _upload("/v1/jobs", recording), gateway[1])
    _compare(
        ours, Case("bare POST", bare[0], _upload("/upload", recording), bare[1]), options, store
    )
    job_id = _ended_job(gateway[0], recording, store)
    ours = Case("GET /v1/jobs/{id}", gateway[0], _get(f"/v1/jobs/{job_id}"), gateway[1])
    _compare(ours, Case("bare GET", bare[0], _get("/nothing"), bare[1]), options, store)
    _print_waiting(gateway[0], recording, store)


def _compare(ours: Case, bare: Case, options: argparse.Namespace, store: redis.Redis) -> None:
    cases = (ours, bare)
    for case in cases:
        _round(case, options, store, None)  # warm
    closed = [[_round(case, options, store, None) for case in cases] for _ in range(options.rounds)]
    halves = [median(one[place].outcome.rate for one in closed) / 2 for place in (0, 1)]
    opened = [
        [_round(case, options, store, half) for case, half in zip(cases, halves, strict=True)]
        for _ in range(options.rounds)
    ]
    for place, case in enumerate(cases):
        _print(case, [one[place] for one in closed], [one[place] for one in opened])
    rates = median(one[0].outcome.rate / one[1].outcome.rate for one in closed)
    cpu = median(one[1].cpu_ms / one[0].cpu_ms for one in closed)
    print(f"| of the ceiling | {rates:.2f} | | | {cpu:.2f} | | | |")


def _round(
    case: Case, options: argparse.Namespace, store: redis.Redis, rate: float | None
) -> Round:
    before = _cpu_s(case.process)
    arguments = (_HOST, case.port, case.request, options.connections, options.seconds)
    load = closed_loop(*arguments) if rate is None else open_loop(*arguments, rate)
    outcome = uvloop.run(load)
    time.sleep(0.1)  # for the last answers
    cpu_ms = (_cpu_s(case.process) - before) / max(1, len(outcome.latencies_s)) * 1000
    if outcome.failures:
        sys.exit(f"{case.name}: {outcome.failures} failures")
    if case.request.startswith(b"POST /v1"):
        store.flushall()  # they wait for a worker that does not come
    return Round(outcome, cpu_ms)


def _print(case: Case, closed: list[Round], opened: list[Round]) -> None:
    def of(rounds: list[Round], percent: int) -> str:
        return f"{median(one.outcome.percentile_ms(percent) for one in rounds):.1f} ms"

    rate = median(one.outcome.rate for one in closed)
    cpu = median(one.cpu_ms for one in closed)
    cells = [f"{rate:.0f}", of(closed, 50), of(closed, 99), f"{cpu:.2f} ms", f"{rate / 2:.0f} /s"]
    print("|", " | ".join([case.name, *cells, of(opened, 50), of(opened, 99)]), "|")


def _print_waiting(port: int, recording: bytes, store: redis.Redis) -> None:
    """How long after a job's end who waits for it knows."""
    attempts = _attempts(store)

    async def one() -> float:
        job_id = _job(port, recording)
        attempts.begin(job_id, "token", "benchmark")
        async with httpx.AsyncClient(base_url=f"http://{_HOST}:{port}", timeout=60) as client:
            waiting = client.get(f"/v1/jobs/{job_id}", headers={"Prefer": "wait=30"})
            asked = asyncio.create_task(waiting)
            await asyncio.sleep(0.05)
            began = perf_counter()
            attempts.succeed(_attempt(job_id), _RESULT)
            assert (await asked).json()["status"] == "succeeded"
            return perf_counter() - began

    outcome = Outcome(1, [asyncio.run(one()) for _ in range(100)])
    p50, p99 = outcome.percentile_ms(50), outcome.percentile_ms(99)
    print(f"\nwaiting GET, from the job's end: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


def _ended_job(port: int, recording: bytes, store: redis.Redis) -> JobId:
    job_id = _job(port, recording)
    attempts = _attempts(store)
    attempts.begin(job_id, "token", "benchmark")
    assert attempts.succeed(_attempt(job_id), _RESULT)
    return job_id


def _attempts(store: redis.Redis) -> Attempts:
    path = store.connection_pool.connection_kwargs["path"]
    return Attempts(Settings(redis_url=f"unix://{path}"))


def _attempt(job_id: JobId) -> Attempt:
    model = ModelReference.parse(Settings().model)
    return Attempt(job_id, "token", b"", AudioFormat.WAV, model)


def _job(port: int, recording: bytes) -> JobId:
    url = f"http://{_HOST}:{port}/v1/jobs"
    return JobId(httpx.post(url, files={"file": ("cough", recording)}).json()["id"])


def _upload(path: str, recording: bytes) -> bytes:
    """As httpx sends it."""
    client = httpx.Client(base_url=f"http://{_HOST}")
    request = client.build_request("POST", path, files={"file": ("cough.wav", recording)})
    fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return f"POST {path} HTTP/1.1\r\n{fields}\r\n".encode() + request.read()


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: here\r\n\r\n".encode()


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _servers() -> Iterator[
    tuple[tuple[int, psutil.Process], tuple[int, psutil.Process], redis.Redis]
]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder)
        stack.enter_context(_process(server_command(data)))
        url = redis_url(data)
        store = stack.enter_context(redis.Redis.from_url(url))
        settings = {"REDIS_URL": url, "LOG_LEVEL": "WARNING"}
        settings |= {"MAX_WAITING_JOBS": "1000000", "MAX_WAITING_BYTES": str(2**40)}
        made = []
        for module, path in (("api", "/v1/health/live"), ("benchmarks.bare", "/nothing")):
            port = _free_port()
            command = [sys.executable, "-m", module, "--port", str(port)]
            process = stack.enter_context(_process(command, **settings))
            _until_answered(f"http://{_HOST}:{port}{path}")
            made.append((port, psutil.Process(process.pid)))
        yield made[0], made[1], store


@contextmanager
def _process(command: list[str], **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=_REPOSITORY, env={**os.environ, **settings})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _until_answered(url: str) -> None:
    for _ in range(600):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"nobody answers at {url}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
