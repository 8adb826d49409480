"""Whoever waits for a job is answered when there is something to tell, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
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
def alone(server: RedisServer) -> Iterator[GatewayAlone]:
    with gateway_alone(server.url) as alone:
        yield alone


def test_a_job_that_ends_meanwhile_is_told_at_once(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    answer = alone.meanwhile(lambda: alone.client.http.get(f"/v1/jobs/{job_id}", headers=LONG))
    assert not answer.done()
    began = monotonic()

    alone.fail(job_id)

    response = answer.result(10)
    assert monotonic() - began < 2
    assert (response.status_code, response.json()["status"]) == (200, "failed")
    assert response.headers["preference-applied"] == "wait=30"
    assert response.headers["etag"] == '"3"'


def test_a_job_that_has_ended_is_told_without_a_wait(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    alone.fail(job_id)
    began = monotonic()

    response = alone.client.http.get(f"/v1/jobs/{job_id}", headers=LONG)

    assert monotonic() - began < 2
    assert response.json()["status"] == "failed"


def test_when_the_time_runs_out_the_job_is_told_as_it_stands(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    began = monotonic()

    response = alone.client.http.get(f"/v1/jobs/{job_id}", headers=SHORT)

    assert 1 <= monotonic() - began < 3
    assert (response.status_code, response.json()["status"]) == (200, "queued")
    assert "preference-applied" not in response.headers
    assert response.headers["retry-after"]


def test_a_preference_that_is_malformed_waits_for_nothing(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    began = monotonic()

    response = alone.client.http.get(f"/v1/jobs/{job_id}", headers={"prefer": "wait=soon"})

    assert monotonic() - began < 1
    assert response.status_code == 200


def test_a_post_that_is_done_in_time_is_200(client: Client) -> None:
    response = client.post(RECORDING, headers=LONG)

    assert (response.status_code, response.json()["status"]) == (200, "succeeded")
    assert response.headers["preference-applied"] == "wait=30"
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    assert "retry-after" not in response.headers


def test_a_post_that_is_not_done_in_time_is_202(alone: GatewayAlone) -> None:
    response = alone.client.post(RECORDING, headers=SHORT)

    assert (response.status_code, response.json()["status"]) == (202, "queued")
    assert "preference-applied" not in response.headers
    assert response.headers["retry-after"]


def test_what_the_client_has_already_is_304(alone: GatewayAlone) -> None:
    created = alone.client.post(RECORDING)
    path, tag = created.headers["location"], created.headers["etag"]

    response = alone.client.http.get(path, headers={"if-none-match": tag})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == tag
    assert alone.client.http.get(path, headers={"if-none-match": '"0"'}).status_code == 200


def test_with_a_tag_any_change_ends_the_wait(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    headers = {**LONG, "if-none-match": '"1"'}
    answer = alone.meanwhile(lambda: alone.client.http.get(f"/v1/jobs/{job_id}", headers=headers))
    assert not answer.done()

    alone.begin(job_id)

    response = answer.result(10)
    assert (response.status_code, response.json()["status"]) == (200, "running")
    assert response.headers["preference-applied"] == "wait=30"


def test_with_a_tag_a_wait_in_vain_is_304(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    headers = {**SHORT, "if-none-match": '"1"'}
    began = monotonic()

    response = alone.client.http.get(f"/v1/jobs/{job_id}", headers=headers)

    assert monotonic() - began >= 1
    assert response.status_code == 304


def test_a_job_deleted_meanwhile_is_404(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    answer = alone.meanwhile(lambda: alone.client.http.get(f"/v1/jobs/{job_id}", headers=LONG))

    alone.client.http.delete(f"/v1/jobs/{job_id}")

    assert answer.result(10).status_code == 404


def test_a_change_while_the_subscription_was_lost_is_told(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    answer = alone.meanwhile(lambda: alone.client.http.get(f"/v1/jobs/{job_id}", headers=LONG))
    assert not answer.done()

    # The end and the loss in one transaction: the gateway cannot hear of it.
    with alone.redis.pipeline(transaction=True) as pipe:
        pipe.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
        pipe.hset(f"cough:job:{job_id}", "history", "queued:1000,canceled:2000")
        pipe.execute()

    response = answer.result(10)
    assert (response.status_code, response.json()["status"]) == (200, "canceled")


def test_after_a_restart_of_redis_waiting_works_again(
    alone: GatewayAlone, server: RedisServer
) -> None:
    job_id = alone.client.submit(RECORDING)
    answer = alone.meanwhile(lambda: alone.client.http.get(f"/v1/jobs/{job_id}", headers=LONG))

    server.kill()
    server.start()
    if not answer.done():  # else it was told, truly, that Redis was away
        alone.fail(job_id)
        assert answer.result(10).status_code in (200, 503)

    another = alone.client.submit(RECORDING)
    answer = alone.meanwhile(lambda: alone.client.http.get(f"/v1/jobs/{another}", headers=LONG))
    alone.fail(another)
    assert answer.result(10).json()["status"] == "failed"
