"""What a pool child is: small, single-threaded, without TensorFlow, and patient at the end."""

from __future__ import annotations

import signal
from pathlib import Path

from shared.audio_format import AudioFormat
from tests.end_to_end import faulty_worker
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, Service, eventually, free_port, running
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
MOST_BYTES = 120 * 1024 * 1024


def test_the_processes_are_small(client: Client, shared_service: Service) -> None:
    for _ in range(20):
        client.diagnose(RECORDING)
    children = shared_service.pool_children()
    assert len(children) == 2
    for child in children:
        assert child.memory_full_info().uss < MOST_BYTES
        assert child.num_threads() == 1
        assert "tensorflow" not in Path(f"/proc/{child.pid}/maps").read_text()
    assert shared_service.gateway().memory_info().rss < MOST_BYTES


def test_a_warm_shutdown_lets_the_running_job_finish(redis_server_url: str) -> None:
    port = free_port()
    slow = RECORDING + b"\0" * (faulty_worker.SLOW - len(RECORDING))
    gateway = ["-m", "api", "--port", str(port)]
    faulty = ["-m", "tests.end_to_end.faulty_worker"]
    with (
        running(lambda: Program(*gateway, REDIS_URL=redis_server_url), "running on"),
        running(lambda: Program(*faulty, REDIS_URL=redis_server_url), "is ready") as worker,
        Client(f"http://127.0.0.1:{port}") as client,
    ):
        eventually(client.ready, 30, "ready")
        job_id = client.submit(slow)
        eventually(lambda: client.job(job_id)["status"] == "running", 10, "the job runs")

        assert worker.stop(signal.SIGTERM) == 0

        assert client.job(job_id)["status"] == "succeeded"
