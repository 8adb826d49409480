"""Whoever waits for a job is answered when there is something to tell, and not before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic

import httpx
import pytest

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from shared.job import JobId
from shared.settings import Settings
from shared.store.attempts import Attempts
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, free_port, running
from tests.support.recordings import cough, encode
from tests.support.redis_server import RedisServer

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
LONG = {"prefer": "wait=30"}
SHORT = {"prefer": "wait=1"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def gateway(server: RedisServer) -> Iterator[Client]:
    """A gateway without a worker: jobs change when the test says so."""
    port = free_port()
    program = ["-m", "api", "--port", str(port)]
    with ExitStack() as stack:
        stack.enter_context(running(lambda: Program(*program, REDIS_URL=server.url), "running on"))
        yield stack.enter_context(Client(f"http://127.0.0.1:{port}"))


@pytest.fixture(scope="module")
def worker(server: RedisServer) -> Attempts:
    """What a worker would do to the store."""
    return Attempts(Settings(redis_url=server.url))


def _fail(worker: Attempts, job_id: str) -> None:
    worker.begin(JobId(job_id), "token", "worker@test")
    assert worker.fail(JobId(job_id), "token", CorruptAudioError("no"))


def _meanwhile(request: Callable[[], httpx.Response], gateway: Client) -> Future[httpx.Response]:
    """The request, sent by another thread; it waits in the gateway when this returns."""
    begun = threading.Event()

    def send() -> httpx.Response:
        begun.set()
        return request()

    pool = ThreadPoolExecutor(1)
    answer = pool.submit(send)
    pool.shutdown(wait=False)
    begun.wait(10)
    # Answered after it on purpose: a second connection gives the first one's time to be read.
    for _ in range(5):
        gateway.http.get("/v1/health/live")
    return answer


def test_a_job_that_ends_meanwhile_is_told_at_once(gateway: Client, worker: Attempts) -> None:
    job_id = gateway.submit(RECORDING)
    answer = _meanwhile(lambda: gateway.http.get(f"/v1/jobs/{job_id}", headers=LONG), gateway)
    assert not answer.done()
    began = monotonic()

    _fail(worker, job_id)

    response = answer.result(10)
    assert monotonic() - began < 2
    assert (response.status_code, response.json()["status"]) == (200, "failed")
    assert response.headers["preference-applied"] == "wait=30"
    assert response.headers["etag"] == '"3"'


def test_a_job_that_has_ended_is_told_without_a_wait(gateway: Client, worker: Attempts) -> None:
    job_id = gateway.submit(RECORDING)
    _fail(worker, job_id)
    began = monotonic()

    response = gateway.http.get(f"/v1/jobs/{job_id}", headers=LONG)

    assert monotonic() - began < 2
    assert response.json()["status"] == "failed"


def test_when_the_time_runs_out_the_job_is_told_as_it_stands(gateway: Client) -> None:
    job_id = gateway.submit(RECORDING)
    began = monotonic()

    response = gateway.http.get(f"/v1/jobs/{job_id}", headers=SHORT)

    assert 1 <= monotonic() - began < 3
    assert (response.status_code, response.json()["status"]) == (200, "queued")
    assert "preference-applied" not in response.headers
    assert response.headers["retry-after"]


def test_a_preference_that_is_malformed_waits_for_nothing(gateway: Client) -> None:
    job_id = gateway.submit(RECORDING)
    began = monotonic()

    response = gateway.http.get(f"/v1/jobs/{job_id}", headers={"prefer": "wait=soon"})

    assert monotonic() - began < 1
    assert response.status_code == 200


def test_a_post_that_is_done_in_time_is_200(client: Client) -> None:
    response = client.post(RECORDING, headers=LONG)

    assert (response.status_code, response.json()["status"]) == (200, "succeeded")
    assert response.headers["preference-applied"] == "wait=30"
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    assert "retry-after" not in response.headers


def test_a_post_that_is_not_done_in_time_is_202(gateway: Client) -> None:
    response = gateway.post(RECORDING, headers=SHORT)

    assert (response.status_code, response.json()["status"]) == (202, "queued")
    assert "preference-applied" not in response.headers
    assert response.headers["retry-after"]


def test_what_the_client_has_already_is_304(gateway: Client) -> None:
    created = gateway.post(RECORDING)
    path, tag = created.headers["location"], created.headers["etag"]

    response = gateway.http.get(path, headers={"if-none-match": tag})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == tag
    assert gateway.http.get(path, headers={"if-none-match": '"0"'}).status_code == 200


def test_with_a_tag_any_change_ends_the_wait(gateway: Client, worker: Attempts) -> None:
    job_id = gateway.submit(RECORDING)
    headers = {**LONG, "if-none-match": '"1"'}
    answer = _meanwhile(lambda: gateway.http.get(f"/v1/jobs/{job_id}", headers=headers), gateway)
    assert not answer.done()

    worker.begin(JobId(job_id), "token", "worker@test")

    response = answer.result(10)
    assert (response.status_code, response.json()["status"]) == (200, "running")
    assert response.headers["preference-applied"] == "wait=30"


def test_with_a_tag_a_wait_in_vain_is_304(gateway: Client) -> None:
    job_id = gateway.submit(RECORDING)
    headers = {**SHORT, "if-none-match": '"1"'}
    began = monotonic()

    response = gateway.http.get(f"/v1/jobs/{job_id}", headers=headers)

    assert monotonic() - began >= 1
    assert response.status_code == 304


def test_a_job_deleted_meanwhile_is_404(gateway: Client) -> None:
    job_id = gateway.submit(RECORDING)
    answer = _meanwhile(lambda: gateway.http.get(f"/v1/jobs/{job_id}", headers=LONG), gateway)

    gateway.http.delete(f"/v1/jobs/{job_id}")

    assert answer.result(10).status_code == 404


def test_a_change_while_the_subscription_was_lost_is_told(
    gateway: Client, worker: Attempts
) -> None:
    job_id = gateway.submit(RECORDING)
    answer = _meanwhile(lambda: gateway.http.get(f"/v1/jobs/{job_id}", headers=LONG), gateway)
    assert not answer.done()

    # The end and the loss in one transaction: the gateway cannot hear of it.
    with worker.redis.pipeline(transaction=True) as pipe:
        pipe.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
        pipe.hset(f"cough:job:{job_id}", "history", "queued:1000,canceled:2000")
        pipe.execute()

    response = answer.result(10)
    assert (response.status_code, response.json()["status"]) == (200, "canceled")


def test_after_a_restart_of_redis_waiting_works_again(
    gateway: Client, worker: Attempts, server: RedisServer
) -> None:
    job_id = gateway.submit(RECORDING)
    answer = _meanwhile(lambda: gateway.http.get(f"/v1/jobs/{job_id}", headers=LONG), gateway)

    server.kill()
    server.start()
    if not answer.done():  # else it was told, truly, that Redis was away
        _fail(worker, job_id)
        assert answer.result(10).status_code in (200, 503)

    another = gateway.submit(RECORDING)
    answer = _meanwhile(lambda: gateway.http.get(f"/v1/jobs/{another}", headers=LONG), gateway)
    _fail(worker, another)
    assert answer.result(10).json()["status"] == "failed"
