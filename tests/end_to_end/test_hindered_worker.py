"""A time limit that passes while the machine keeps a worker from its work costs no job."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import faulty_worker
from tests.end_to_end.faulty_system import FaultySystem, faulty_system
from tests.end_to_end.processes import eventually
from tests.support.recordings import cough, encode

GOOD = encode(cough(), 16000, AudioFormat.WAV)
SLOW = GOOD + b"\0" * (faulty_worker.SLOW - len(GOOD))  # 2 s


@pytest.fixture(scope="module")
def system(redis_server_url: str) -> Iterator[FaultySystem]:
    """Nobody but its worker is there to take a job over."""
    limits = {
        "SOFT_TIME_LIMIT_S": "3",
        "HARD_TIME_LIMIT_S": "6",
        "VISIBILITY_TIMEOUT_S": "60",
    }
    with faulty_system(redis_server_url, **limits) as system:
        yield system


def _stop_children_in_mid_job(system: FaultySystem) -> tuple[str, list[psutil.Process]]:
    """SIGSTOP, as soon as one of them is at a job."""
    job_id = system.client.submit(SLOW)
    eventually(lambda: system.client.job(job_id)["status"] == "running", 10, "it runs")
    children = system.worker.children()
    for child in children:
        child.suspend()
    return job_id, children


def test_a_child_that_goes_on_after_its_soft_limit(system: FaultySystem) -> None:
    job_id, children = _stop_children_in_mid_job(system)
    system.worker.wait_for(f"Soft time limit (3s) exceeded for diagnose[{job_id}]", 10)
    for child in children:
        child.resume()

    assert system.client.wait(job_id)["status"] == "succeeded"
    system.worker.wait_for(f"job {job_id}: kept from working")
    assert set(system.worker.children()) == set(children)


def test_a_child_that_never_goes_on(system: FaultySystem) -> None:
    job_id, children = _stop_children_in_mid_job(system)
    system.worker.wait_for(f"Hard time limit (6s) exceeded for diagnose[{job_id}]", 15)
    system.worker.wait_for(f"job {job_id}: kept from working")
    for child in children:  # those who were at no job
        if child.is_running():
            child.resume()

    assert system.client.wait(job_id)["status"] == "succeeded"
