"""Metrics of real programs under real faults, on ports of their own."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from shared.audio_format import AudioFormat
from shared.settings import REPOSITORY
from tests.end_to_end import faulty_worker
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import gateway_alone
from tests.end_to_end.metrics import Metrics
from tests.end_to_end.processes import Program, Service, eventually, free_port, running
from tests.support.receiver import Receiver, Reply
from tests.support.recordings import cough, encode
from tests.support.redis_server import RedisServer
from tests.support.webhooks import SECRET

GOOD = encode(cough(), 16000, AudioFormat.WAV)
MODEL = "sick-sounds@2.0.0"


def _of_length(length: int) -> bytes:
    return encode(cough(0.5), 16000, AudioFormat.WAV).ljust(length, b"\0")


@dataclass
class Watched:
    """A gateway, a faulty worker and a courier, each with metrics."""

    client: Client
    worker: Program
    of_api: Metrics
    of_worker: Metrics
    of_courier: Metrics


@pytest.fixture(scope="module")
def watched(redis_server_url: str) -> Iterator[Watched]:
    port, metrics = free_port(), [free_port() for _ in range(3)]
    environment = {
        "REDIS_URL": redis_server_url,
        "WEBHOOK_SECRETS": SECRET,
        "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1",
        "WEBHOOK_FIRST_RETRY_S": "0.05",
        "SOFT_TIME_LIMIT_S": "2",
        "HARD_TIME_LIMIT_S": "3",
        "VISIBILITY_TIMEOUT_S": "5",
    }
    programs = [
        (["-m", "api", "--port", str(port)], "running on"),
        (["-m", "tests.end_to_end.faulty_worker"], "is ready"),
        (["-m", "worker.courier"], "is ready"),
    ]
    with ExitStack() as stack:
        started = []
        for (command, ready), its in zip(programs, metrics, strict=True):
            own = {**environment, "METRICS_PORT": str(its)}
            started.append(stack.enter_context(running(_maker(command, own), ready)))
        client = stack.enter_context(Client(f"http://127.0.0.1:{port}"))
        eventually(client.ready, 30, "ready")
        yield Watched(client, started[1], *(Metrics(its) for its in metrics))


def _maker(command: list[str], environment: dict[str, str]) -> Callable[[], Program]:
    return lambda: Program(*command, **environment)


def test_jobs_count_by_how_they_ended_though_processes_are_lost(watched: Watched) -> None:
    client, metrics = watched.client, watched.of_worker
    for _ in range(3):
        client.diagnose(GOOD)
    metrics.reaches(3, "cough_jobs_total", status="succeeded", code="", model=MODEL)
    client.diagnose(GOOD[:200])
    client.diagnose(_of_length(faulty_worker.KILLS), timeout_s=60)
    client.diagnose(_of_length(faulty_worker.DEAF_AND_SPINS))

    for code in ("truncated_audio", "worker_lost", "time_limit"):
        metrics.reaches(1, "cough_jobs_total", status="failed", code=code)
    # Three children were killed by then, and the main process had to kill a fourth.
    metrics.reaches(3, "cough_jobs_total", status="succeeded")
    metrics.reaches(2, "cough_redeliveries_total")
    metrics.reaches(1, "cough_messages_without_attempt_total", reason="lost")
    metrics.reaches(1, "cough_undecodable_recordings_total", format="wav", code="truncated_audio")
    for step in ("decode", "spectrogram", "inference", "total"):
        metrics.reaches(3, "cough_job_step_seconds_count", step=step)
        assert metrics.value("cough_job_step_seconds_sum", step=step) > 0
    # 3 good ones, 1 damaged, 3 attempts at the poison, 1 that hung.
    metrics.reaches(8, "cough_job_step_seconds_count", step="waiting")
    assert metrics.value("cough_worker_model", model=MODEL) == 1


def test_many_lost_children_leave_few_files(watched: Watched) -> None:
    (folder,) = {
        path.rpartition("/")[0]
        for process in watched.worker.children()
        for path in (mapped.path for mapped in process.memory_maps())
        if "cough-metrics-" in path
    }
    names = {path.name.rpartition("_")[2] for path in Path(folder).iterdir()}

    assert {"main.db", "1.db"} <= names <= {"main.db", "1.db", "2.db"}


def test_requests_count_by_operation_and_strangers_cannot_make_labels(watched: Watched) -> None:
    client, metrics = watched.client, watched.of_api
    before = metrics.value("cough_http_requests_total", operation="getJob", status="404")
    for number in range(30):
        client.http.get(f"/secret-{number}")
        client.http.get(f"/v1/jobs/{number:032x}")
        client.http.request(("PROPFIND", "TRACE", "MKCOL")[number % 3], f"/v1/{number}")

    metrics.reaches(
        before + 30, "cough_http_requests_total", operation="getJob", method="GET", status="404"
    )
    labels = metrics.samples("cough_http_requests_total")
    assert "secret" not in metrics.text()
    assert {one["method"] for one in labels} <= {"GET", "POST", "other"}
    assert metrics.value("cough_http_requests_total", operation="unknown", method="other") == 30
    assert metrics.value("cough_http_requests_in_progress") == 0
    assert metrics.value("cough_http_request_seconds_count", operation="createJob") > 0


def test_who_asks_to_wait_does_not_count_as_slow(watched: Watched) -> None:
    client, metrics = watched.client, watched.of_api
    name = "cough_http_request_seconds_count"
    before = metrics.value(name, operation="createJob")

    answered = client.post(GOOD, headers={"prefer": "wait=10"})

    assert answered.status_code == 200
    counted = ("cough_http_requests_total", "createJob")
    metrics.reaches(1, counted[0], operation=counted[1], status="200")
    assert metrics.value(name, operation="createJob") == before


def test_what_waits_is_told_with_its_age(watched: Watched) -> None:
    processes = [psutil.Process(watched.worker.process.pid), *watched.worker.children()]
    for process in processes:
        process.suspend()
    try:
        ids = [watched.client.submit(GOOD) for _ in range(4)]
        metrics = watched.of_api
        assert metrics.value("cough_queue_jobs") == 4
        assert metrics.value("cough_queue_jobs_limit") == 1000
        assert metrics.value("cough_recording_bytes") == 4 * len(GOOD)
        age = "cough_oldest_waiting_job_age_seconds"
        eventually(lambda: metrics.value(age) > 0.5, 10, "it grows")
    finally:
        for process in processes:
            process.resume()
    for job_id in ids:
        watched.client.wait(job_id)
    assert metrics.value(age) == 0
    assert metrics.value("cough_recording_bytes") == 0
    assert metrics.value("cough_redis_persists") == 1


def test_webhooks_count_by_answer(watched: Watched, somebody: Receiver) -> None:
    somebody.replies += [Reply(503), Reply(418)]

    watched.client.post(GOOD, webhook_url=somebody.url())
    somebody.wait_for(3)

    calls = "cough_webhook_calls_total"
    watched.of_courier.reaches(1, calls, answer="5xx", status="pending")
    watched.of_courier.reaches(1, calls, answer="4xx", status="pending")
    watched.of_courier.reaches(1, calls, answer="2xx", status="delivered")
    assert watched.of_courier.value("cough_webhook_call_seconds_count") == 3
    eventually(lambda: watched.of_api.value("cough_webhooks_due") == 0, 10, "none is due")


def test_all_that_alerts_ask_for_is_told(watched: Watched) -> None:
    rules = (REPOSITORY / "ops" / "alerts.yml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\bcough_\w+", rules))
    told = set().union(
        *(one.names() for one in (watched.of_api, watched.of_worker, watched.of_courier))
    )

    assert len(wanted) > 15
    assert wanted <= told


def test_the_public_port_tells_nothing(watched: Watched) -> None:
    assert watched.client.http.get("/metrics").status_code == 404


def test_nobody_listens_unless_asked_to(shared_service: Service) -> None:
    def listening(process: psutil.Process) -> int:
        return sum(one.status == "LISTEN" for one in process.net_connections())

    assert listening(shared_service.gateway()) == 1
    assert listening(shared_service.worker()) == 0
    assert len(shared_service.pool_children()) == 2


def test_the_exporter_ends_with_its_worker() -> None:
    port = free_port()
    environment = {"REDIS_URL": "redis://127.0.0.1:1", "METRICS_PORT": str(port)}
    worker = Program("-m", "worker", **environment)
    metrics = Metrics(port)

    def answers() -> bool:
        try:
            return "cough_recoveries_total" in metrics.text()
        except httpx.TransportError:
            return False

    eventually(answers, 60, "it answers")
    worker.process.send_signal(signal.SIGKILL)
    eventually(lambda: not answers(), 10, "it has ended, too")
    worker.stop()


@pytest.mark.parametrize("module", ["api", "worker", "worker.courier"])
def test_a_port_that_is_taken_stops_the_start(module: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = Program("-m", module, METRICS_PORT=str(port))
        assert program.process.wait(60) == 1
        line = program.wait_for("cannot start: METRICS_PORT")
    assert f"127.0.0.1:{port}" in line
    assert "Traceback" not in "".join(program.lines)
    program.stop()


def test_while_redis_is_away_that_alone_is_told_of_it(own_redis_server: RedisServer) -> None:
    port = free_port()
    with gateway_alone(own_redis_server.url, METRICS_PORT=str(port)):
        metrics = Metrics(port)
        assert metrics.value("cough_redis_up") == 1
        own_redis_server.kill()

        assert "cough_redis_up 0.0" in metrics.text()
        assert "cough_queue_jobs" not in metrics.names()
        assert "cough_http_requests" in metrics.names()
