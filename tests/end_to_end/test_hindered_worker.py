"""A time limit that passes while the machine keeps a worker from its work costs no job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psutil
import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import faulty_worker
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, eventually, free_port, running
from tests.support.recordings import cough, encode

GOOD = encode(cough(), 16000, AudioFormat.WAV)
SLOW = GOOD + b"\0" * (faulty_worker.SLOW - len(GOOD))  # 2 s


@dataclass
class Parts:
    worker: Program
    client: Client

    def stop_children_in_mid_job(self) -> tuple[str, list[psutil.Process]]:
        """SIGSTOP, as soon as one of them is at a job."""
        job_id = self.client.submit(SLOW)
        eventually(lambda: self.client.job(job_id)["status"] == "running", 10, "it runs")
        children = self.worker.children()
        for child in children:
            child.suspend()
        return job_id, children


@pytest.fixture(scope="module")
def parts(redis_server_url: str) -> Iterator[Parts]:
    """A worker, and a gateway. Nobody else is there to take a job over."""
    port = free_port()
    environment = {
        "REDIS_URL": redis_server_url,
        "SOFT_TIME_LIMIT_S": "3",
        "HARD_TIME_LIMIT_S": "6",
        "VISIBILITY_TIMEOUT_S": "60",
    }
    faulty, gateway = ["-m", "tests.end_to_end.faulty_worker"], ["-m", "api", "--port", str(port)]
    with ExitStack() as stack:
        worker = stack.enter_context(running(lambda: Program(*faulty, **environment), "is ready"))
        stack.enter_context(running(lambda: Program(*gateway, **environment), "running on"))
        client = stack.enter_context(Client(f"http://127.0.0.1:{port}"))
        eventually(client.ready, 30, "ready")
        yield Parts(worker, client)


def test_a_child_that_goes_on_after_its_soft_limit(parts: Parts) -> None:
    job_id, children = parts.stop_children_in_mid_job()
    parts.worker.wait_for(f"Soft time limit (3s) exceeded for diagnose[{job_id}]", 10)
    for child in children:
        child.resume()

    assert parts.client.wait(job_id)["status"] == "succeeded"
    parts.worker.wait_for(f"job {job_id}: kept from working")
    assert set(parts.worker.children()) == set(children)


def test_a_child_that_never_goes_on(parts: Parts) -> None:
    job_id, children = parts.stop_children_in_mid_job()
    parts.worker.wait_for(f"Hard time limit (6s) exceeded for diagnose[{job_id}]", 15)
    parts.worker.wait_for(f"job {job_id}: kept from working")
    for child in children:  # those who were at no job
        if child.is_running():
            child.resume()

    assert parts.client.wait(job_id)["status"] == "succeeded"
