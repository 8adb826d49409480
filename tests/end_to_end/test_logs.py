"""Logs as programs read them: a JSON object a line, from HTTP to the webhook by one request id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import raw_http
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service, service
from tests.support.receiver import Receiver
from tests.support.recordings import cough, encode
from tests.support.webhooks import SECRET

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
FILE_NAME = "Jane-Doe-1961-02-03"
PROGRAMS = ("api", "worker", "courier")


@pytest.fixture(scope="module")
def logging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environment = {
        "LOG_FORMAT": "json",
        "WEBHOOK_SECRETS": SECRET,
        "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1",
        "HEAD_TIMEOUT_S": "1",
    }
    with service(tmp_path_factory.mktemp("run"), environment) as running:
        yield running


def events(running: Service) -> list[dict[str, Any]]:
    """Everything that our programs have said; what is no JSON fails."""
    labelled = [line.split(" | ", 1) for line in running.lines]
    return [json.loads(text) for label, text in labelled if label.strip() in PROGRAMS]


def about(running: Service, request_id: str) -> list[tuple[str, str]]:
    return [
        (event["program"], event["message"].partition(" in ")[0])
        for event in events(running)
        if event.get("request_id") == request_id
    ]


def test_a_request_is_followed_to_the_worker_and_the_courier(
    logging: Service, somebody: Receiver
) -> None:
    with Client(logging.url) as client:
        response = client.post(
            RECORDING,
            f"{FILE_NAME}.wav",
            headers={"x-request-id": "their-own.1"},
            webhook_url=somebody.url(),
        )
        job_id = response.json()["id"]
        client.wait(job_id)
    somebody.wait_for(1)
    logging.wait_for("webhook at 127.0.0.1")

    assert response.headers["x-request-id"] == "their-own.1"
    assert about(logging, "their-own.1") == [
        ("api", f"job {job_id}: accepted for sick-sounds@2.0.0, wav, {len(RECORDING)} bytes"),
        ("api", "POST /v1/jobs: 202"),
        ("worker", f"job {job_id}: succeeded"),
        ("courier", f"job {job_id}: webhook at 127.0.0.1: 204, delivered"),
    ]
    for event in events(logging):
        if event.get("request_id") == "their-own.1" and event["logger"] != "api.observation":
            assert event["job_id"] == job_id


def test_each_answer_has_an_id_that_the_log_knows(logging: Service) -> None:
    with Client(logging.url) as client:
        answers = [
            client.http.get("/v1/models"),
            client.http.get(f"/{FILE_NAME}?q={FILE_NAME}"),
            client.http.get(f"/v1/jobs/{FILE_NAME}"),
            client.http.get(f"/v1/jobs/{'0' * 32}"),
            client.http.put("/v1/jobs"),
            client.http.request("TRACE", "/v1/jobs", headers={"x-request-id": "a b"}),
            client.post(b"no sound", FILE_NAME),
            client.http.get("/openapi.json"),
        ]
    ids = [answer.headers["x-request-id"] for answer in answers]
    for request_id in ids:
        logging.wait_for(request_id)
    said = [about(logging, request_id) for request_id in ids]

    assert said == [
        [("api", "GET /v1/models: 200")],
        [("api", "GET unknown: 404")],
        [("api", "GET /v1/jobs/{job_id}: 404")],
        [("api", "GET /v1/jobs/{job_id}: 404")],
        [("api", "PUT /v1/jobs: 405")],
        [("api", "other /v1/jobs: 405")],
        [("api", "POST /v1/jobs: 415")],
        [("api", "GET unknown: 200")],
    ]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("pieces", "status"),
    [([b"no HTTP\r\n\r\n"], 400), ([b"GET / HTTP/1.1\r\nhost: a"], 408)],
)
def test_so_has_the_answer_to_what_is_no_request(
    logging: Service, pieces: list[bytes], status: int
) -> None:
    with Client(logging.url) as client:
        answer = raw_http.send(client.http.base_url, pieces)
    head = answer.text.partition(b"\r\n\r\n")[0].lower()
    request_id = head.partition(b"x-request-id: ")[2].partition(b"\r\n")[0].decode()

    assert answer.status == status
    logging.wait_for(request_id)
    (event,) = [event for event in events(logging) if event.get("request_id") == request_id]
    assert event["status"] == status


def test_a_failed_job_is_told_of_by_its_code_alone(logging: Service) -> None:
    with Client(logging.url) as client:
        job_id = client.post(RECORDING[:200], FILE_NAME).json()["id"]
        client.wait(job_id)
    logging.wait_for(f"job {job_id}: truncated_audio")

    (event,) = [
        event
        for event in events(logging)
        if event["program"] == "worker" and event.get("job_id") == job_id
    ]
    assert event["outcome"] == "truncated_audio"
    assert event["model"] == "sick-sounds@2.0.0"


def test_everything_is_json_to_the_end_and_nothing_private(logging: Service) -> None:
    said = "".join(logging.lines)

    assert {event["program"] for event in events(logging)} == set(PROGRAMS)
    assert FILE_NAME not in said
    assert logging.stop() == 0
    assert any(event["message"].startswith("the worker has stopped") for event in events(logging))
