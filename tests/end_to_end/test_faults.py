"""Accepted means done, whatever dies. Each test hurts a service of its own."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from time import monotonic

import psutil

from shared.audio_format import AudioFormat
from shared.job import ANONYMOUS, ModelReference, Options
from shared.settings import Settings
from shared.store.submissions import Submissions
from tests.end_to_end.client import Client
from tests.end_to_end.processes import eventually, service
from tests.support.recordings import cough, encode

RATE = 16000
RECORDING = encode(cough(20.0), RATE, AudioFormat.MP3)


def all_succeed(client: Client, job_ids: list[str], timeout_s: float = 60) -> None:
    for job_id in job_ids:
        job = client.wait(job_id, timeout_s)
        assert job["status"] == "succeeded", job


def test_a_killed_pool_child_costs_nothing(tmp_path: Path) -> None:
    with service(tmp_path) as running, Client(running.url) as client:
        job_ids = [client.submit(RECORDING) for _ in range(40)]
        for child in running.pool_children():
            child.kill()
        all_succeed(client, job_ids)


def test_a_killed_worker_costs_nothing(tmp_path: Path) -> None:
    with service(tmp_path) as running, Client(running.url) as client:
        job_ids = [client.submit(RECORDING) for _ in range(40)]
        worker = running.worker()
        for process in [*worker.children(), worker]:
            process.kill()
        killed = monotonic()
        all_succeed(client, job_ids)
        assert monotonic() - killed < 15
        assert running.worker().pid != worker.pid


def test_a_killed_redis_costs_nothing(tmp_path: Path) -> None:
    with service(tmp_path) as running, Client(running.url) as client:
        job_ids = [client.submit(RECORDING) for _ in range(40)]
        running.redis().kill()
        eventually(client.ready, 60, "ready again")
        all_succeed(client, job_ids)
        assert client.diagnose(RECORDING)["status"] == "succeeded"


def test_a_killed_gateway_costs_nothing(tmp_path: Path) -> None:
    with service(tmp_path) as running, Client(running.url) as client:
        job_ids = [client.submit(RECORDING) for _ in range(40)]
        running.gateway().kill()
        eventually(client.ready, 60, "ready again")
        all_succeed(client, job_ids)


def test_a_job_whose_message_was_lost_is_found(tmp_path: Path) -> None:
    with service(tmp_path) as running, Client(running.url) as client:
        settings = Settings(redis_url=running.redis_url)

        async def store_without_queueing() -> str:
            submissions = Submissions(settings)
            model = ModelReference.parse(settings.model)
            stored = await submissions.create(
                ANONYMOUS, RECORDING, AudioFormat.MP3, model, Options()
            )
            await submissions.close()
            return stored.job.id

        job = client.wait(asyncio.run(store_without_queueing()), timeout_s=20)
        assert job["status"] == "succeeded"


def test_what_was_accepted_survives_a_stop(tmp_path: Path) -> None:
    with service(tmp_path) as running, Client(running.url) as client:
        for child in [running.worker(), *running.pool_children()]:
            child.suspend()
        waiting = [client.submit(RECORDING) for _ in range(5)]
        for child in [running.worker(), *running.pool_children()]:
            child.kill()
        assert running.stop(signal.SIGINT) == 0
    with service(tmp_path) as again, Client(again.url) as client:
        all_succeed(client, waiting)


def test_ctrl_c_stops_everything_cleanly(tmp_path: Path) -> None:
    with service(tmp_path) as running, Client(running.url) as client:
        for _ in range(40):
            client.submit(RECORDING)
        processes = psutil.Process(running.process.pid).children(recursive=True)
        assert len(processes) >= 5  # Redis, the worker and its two children, the gateway
        assert running.stop(signal.SIGINT) == 0
        assert "stopped" in running.lines[-1]
        assert not any("Traceback" in line or "killed" in line for line in running.lines)
        assert not [process for process in processes if process.is_running()]


def test_a_deaf_worker_is_not_ready(tmp_path: Path) -> None:
    with service(tmp_path, {"HEARTBEAT_MAX_AGE_S": "3"}) as running, Client(running.url) as client:
        assert client.ready()
        processes = [running.worker(), *running.pool_children()]
        for process in processes:
            process.suspend()
        eventually(lambda: not client.ready(), 10, "not ready")
        body = client.http.get("/v1/health/ready").json()
        assert (body["redis_answers"], body["worker_consumes"]) == (True, False)
        for process in processes:
            process.resume()
        eventually(client.ready, 30, "ready again")
