"""The pool children are fenced, and a job that needs too much memory ends with a code."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.settings import Settings
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, Service, eventually, free_port, running
from tests.support.recordings import cough, encode
from worker.fence import JOBS_PER_CHILD, OPEN_FILES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pool children are fenced on Linux")

GOOD = encode(cough(), 16_000, AudioFormat.WAV)


def _limits(pid: int) -> dict[str, tuple[str, str]]:
    """Soft and hard limits by name."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:25].strip(): (line[26:46].strip(), line[47:67].strip()) for line in lines}


def test_each_pool_child_is_fenced(client: Client, shared_service: Service) -> None:
    assert client.diagnose(GOOD)["status"] == "succeeded"
    settings = Settings()
    expected = {
        "Max address space": settings.worker_memory_bytes,
        "Max cpu time": JOBS_PER_CHILD * settings.hard_time_limit_s,
        "Max open files": OPEN_FILES,
        "Max processes": 0,
        "Max file size": 0,
        "Max core file size": 1,
    }
    for child in shared_service.pool_children():
        limits = _limits(child.pid)
        assert {name: limits[name] for name in expected} == {
            name: (str(most), str(most)) for name, most in expected.items()
        }
        assert "NoNewPrivs:\t1" in Path(f"/proc/{child.pid}/status").read_text()
        assert child.num_fds() < OPEN_FILES // 2
    # The main process, which reads no recordings, must be able to start new children.
    assert _limits(shared_service.worker().pid)["Max processes"][0] != "0"


def test_a_job_that_needs_too_much_memory_fails_and_its_worker_lives_on(
    redis_server_url: str,
) -> None:
    port = free_port()
    settings = {
        "REDIS_URL": redis_server_url,
        "WORKER_MEMORY_BYTES": str(1024**3),
        "MAX_AUDIO_SECONDS": "3600",
        "SOFT_TIME_LIMIT_S": "60",
        "HARD_TIME_LIMIT_S": "61",
        "VISIBILITY_TIMEOUT_S": "62",
    }
    # An hour at a low rate: a small file, and its waveform would take what is left.
    long = encode(np.tile(cough(10.0, 1000), 360), 1000, AudioFormat.FLAC)
    with (
        running(lambda: Program("-m", "worker", **settings), "is ready") as worker,
        running(lambda: Program("-m", "api", "--port", str(port), **settings), "running on"),
        Client(f"http://127.0.0.1:{port}") as client,
    ):
        eventually(client.ready, 30, "ready")
        children = {child.pid for child in worker.children()}

        job = client.diagnose(long, timeout_s=60)

        assert (job["status"], job["error"]["code"]) == ("failed", "memory_limit")
        assert client.diagnose(GOOD)["status"] == "succeeded"
        assert {child.pid for child in worker.children()} == children
