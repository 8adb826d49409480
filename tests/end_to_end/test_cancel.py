"""A job that is canceled ends as that: waiting, running, and whatever races."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import faulty_worker
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.processes import Program, eventually, running
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)


@pytest.fixture(scope="module")
def both(redis_server_url: str) -> Iterator[tuple[GatewayAlone, Program]]:
    """A gateway, and a worker that takes its time over some recordings."""
    with ExitStack() as stack:
        alone = stack.enter_context(gateway_alone(redis_server_url))
        command = ["-m", "tests.end_to_end.faulty_worker"]
        environment = {"REDIS_URL": redis_server_url, "WORKER_CONCURRENCY": "1"}
        program = stack.enter_context(running(lambda: Program(*command, **environment), "is ready"))
        eventually(alone.client.ready, 30, "ready")
        yield alone, program


@pytest.fixture
def alone(both: tuple[GatewayAlone, Program]) -> GatewayAlone:
    return both[0]


@pytest.fixture
def worker(both: tuple[GatewayAlone, Program]) -> Program:
    return both[1]


def _slow() -> bytes:
    return RECORDING + b"\0" * (faulty_worker.SLOW - len(RECORDING))


def test_a_running_job_ends_at_its_next_step(alone: GatewayAlone, worker: Program) -> None:
    client = alone.client
    job_id = client.submit(_slow())
    eventually(lambda: client.job(job_id)["status"] == "running", 20, "running")

    response = client.http.post(f"/v1/jobs/{job_id}/cancel")

    assert (response.status_code, response.json()["status"]) == (202, "running")
    ended = client.wait(job_id)
    assert (ended["status"], ended["result"], ended["error"]) == ("canceled", None, None)
    # The worker stopped at it, instead of finding out at the end, and is there for others.
    worker.wait_for(f"job {job_id}: canceled", 10)
    assert client.diagnose(RECORDING)["status"] == "succeeded"


def test_a_waiting_job_ends_at_once(alone: GatewayAlone) -> None:
    client = alone.client
    before, waiting = client.submit(_slow()), client.submit(RECORDING)

    response = client.http.post(f"/v1/jobs/{waiting}/cancel")

    assert (response.status_code, response.json()["status"]) == (200, "canceled")
    assert response.json() == client.job(waiting)
    assert client.wait(before)["status"] == "succeeded"
    assert client.diagnose(RECORDING)["status"] == "succeeded"
    assert client.job(waiting)["status"] == "canceled"


def test_one_that_has_ended_is_409(client: Client) -> None:
    job_id = client.submit(RECORDING)
    job = client.wait(job_id)

    response = client.http.post(f"/v1/jobs/{job_id}/cancel")

    assert (response.status_code, response.json()["code"]) == (409, "job_ended")
    assert client.job(job_id) == job


def test_an_unknown_one_is_404(client: Client) -> None:
    response = client.http.post(f"/v1/jobs/{'0' * 32}/cancel")
    assert (response.status_code, response.json()["code"]) == (404, "job_not_found")


def test_who_was_told_canceled_sees_it_canceled(client: Client) -> None:
    """Cancels race with a real worker: each answer is borne out by how the job ends."""
    job_ids = [client.submit(RECORDING) for _ in range(40)]

    def cancel(job_id: str) -> int:
        return client.http.post(f"/v1/jobs/{job_id}/cancel").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(cancel, reversed(job_ids)))

    for job_id, answer in zip(reversed(job_ids), answers, strict=True):
        status = client.wait(job_id)["status"]
        assert status == ("succeeded" if answer == 409 else "canceled"), answer
    assert Counter(answers)[200] > 0
