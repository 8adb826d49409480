"""The flood: jobs that queue, then uploads all at once, while somebody polls. All accepted end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil
import redis

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service
from tests.floods.polling import Polls, polling
from tests.floods.uploads import Answer, flood
from tests.support.recordings import cough, encode

SMALL = encode(cough(0.5), 16_000, AudioFormat.WAV)
MEGABYTE = encode(cough(10.4), 48_000, AudioFormat.WAV)[:1_000_000]
_AT_ONCE = 50  # who send small recordings


@dataclass(frozen=True)
class Figures:
    """What came of it. Memory in bytes, the gateway's and Redis's at their highest."""

    queued: list[Answer]
    uploads: list[Answer]
    ended: Counter[str]
    polls: Polls
    gateway_peak: int
    redis_peak: int
    most_waiting: int
    seconds: float

    @property
    def answers(self) -> list[Answer]:
        """All of them."""
        return self.queued + self.uploads

    @property
    def accepted(self) -> int:
        """How many were."""
        return sum(answer.status == 202 for answer in self.answers)

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"{name}: "
            + ", ".join(
                f"{count} x {status} {code}".rstrip()
                for (status, code), count in sorted(_kinds(answers).items())
            )
            for name, answers in (("jobs", self.queued), ("uploads of 1 MB", self.uploads))
        ] + [
            f"ended: {dict(self.ended)}, in {self.seconds:.1f} s; waiting at most"
            f" {self.most_waiting}",
            f"memory at most: gateway {self.gateway_peak / 1e6:.0f} MB,"
            f" Redis {self.redis_peak / 1e6:.0f} MB",
            f"polls: {len(self.polls.milliseconds)}, median {self.polls.percentile_ms(50):.1f} ms,"
            f" p99 {self.polls.percentile_ms(99):.1f} ms, longest"
            f" {max(self.polls.milliseconds):.1f} ms",
        ]


def run_flood(service: Service, jobs: int, uploads: int) -> Figures:
    """Flood the service, and wait for the end of all that it accepts."""
    began = perf_counter()
    with Client(service.url) as client, redis.Redis.from_url(service.redis_url) as store:
        store.config_resetstat()
        polled = client.submit(SMALL)
        client.wait(polled)
        with polling(service.url, f"/v1/jobs/{polled}") as polls:
            queued = asyncio.run(flood(service.url, SMALL, jobs, _AT_ONCE))
            waiting = client.http.get("/v1/health/ready").json()["waiting_jobs"]
            sent = asyncio.run(flood(service.url, MEGABYTE, uploads, uploads))
            ended = Counter(_end(client, answer.job_id) for answer in _accepted(queued + sent))
        return Figures(
            queued,
            sent,
            ended,
            polls,
            peak_memory(service.gateway()),
            int(store.info("memory")["used_memory_peak"]),
            waiting,
            perf_counter() - began,
        )


def peak_memory(process: psutil.Process) -> int:
    """The most that it ever had in memory, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _accepted(answers: Sequence[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.status == 202]


def _end(client: Client, job_id: str) -> str:
    """Wait for the job's end; how it ended."""
    while True:
        job = client.http.get(f"/v1/jobs/{job_id}", headers={"prefer": "wait=30"}).json()
        if job["finished_at"] is not None:
            return str(job["status"])


def _kinds(answers: Sequence[Answer]) -> Counter[tuple[int, str]]:
    return Counter((answer.status, answer.code) for answer in answers)
