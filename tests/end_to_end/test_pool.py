"""What a pool child is: small, single-threaded, without TensorFlow, and patient at the end."""

from __future__ import annotations

import signal
from pathlib import Path

from shared.audio_format import AudioFormat
from tests.end_to_end import faulty_worker
from tests.end_to_end.client import Client
from tests.end_to_end.faulty_system import faulty_system
from tests.end_to_end.processes import Service, eventually
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


def test_children_are_replaced_and_no_job_is_tried_twice(redis_server_url: str) -> None:
    with faulty_system(redis_server_url, JOBS_PER_CHILD="5") as system:
        worker, client = system.worker, system.client
        before = {child.pid for child in worker.children()}
        job_ids = [client.submit(RECORDING) for _ in range(60)]
        for job_id in job_ids:
            assert client.wait(job_id)["status"] == "succeeded"
            assert client.deliveries(job_id) == 1
        eventually(lambda: len(worker.children()) == len(before), 10, "the pool is whole")
        assert not before & {child.pid for child in worker.children()}


def test_a_warm_shutdown_lets_the_running_job_finish(redis_server_url: str) -> None:
    slow = RECORDING + b"\0" * (faulty_worker.SLOW - len(RECORDING))
    with faulty_system(redis_server_url) as system:
        worker, client = system.worker, system.client
        job_id = client.submit(slow)
        eventually(lambda: client.job(job_id)["status"] == "running", 10, "the job runs")

        assert worker.stop(signal.SIGTERM) == 0

        assert client.job(job_id)["status"] == "succeeded"
