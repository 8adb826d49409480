"""The same `Idempotency-Key` and form give the same job, whoever races with whom."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import httpx
import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import raw_http
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
ANOTHER = encode(cough(seed=1), 16000, AudioFormat.WAV)


@pytest.fixture(scope="module")
def alone(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url, MAX_WAITING_JOBS="10000") as alone:
        yield alone


def _key() -> dict[str, str]:
    return {"idempotency-key": str(uuid.uuid4())}


def test_the_same_request_gives_the_same_job(alone: GatewayAlone) -> None:
    headers = _key()
    first = alone.client.post(RECORDING, headers=headers)
    again = alone.client.post(RECORDING, "another name", headers=headers)

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers

    alone.fail(first.json()["id"])
    ended = alone.client.post(RECORDING, headers=headers)
    assert (ended.status_code, ended.json()["status"]) == (200, "failed")


def test_without_a_key_each_request_makes_a_job(alone: GatewayAlone) -> None:
    assert alone.client.submit(RECORDING) != alone.client.submit(RECORDING)


@pytest.mark.parametrize(
    ("recording", "options"),
    [
        (ANOTHER, {}),
        (RECORDING, {"pictures": "true"}),
        (RECORDING, {"webhook_url": "https://example.org/"}),
        (RECORDING, {"model": "sick-sounds"}),
    ],
)
def test_another_request_with_the_key_is_422(
    alone: GatewayAlone, recording: bytes, options: dict[str, str]
) -> None:
    headers = _key()
    assert alone.client.post(RECORDING, headers=headers).status_code == 202

    response = alone.client.http.post(
        "/v1/jobs", files={"file": ("a", recording)}, data=options, headers=headers
    )

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


def test_concurrent_twins_make_one_job(alone: GatewayAlone) -> None:
    for _ in range(5):
        headers = _key()

        def post(_: int, headers: dict[str, str] = headers) -> httpx.Response:
            with Client(str(alone.client.http.base_url)) as client:
                return client.post(RECORDING, headers=headers)

        with ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(post, range(24)))

        statuses = Counter(answer.status_code for answer in answers)
        assert statuses[202] == 1
        assert set(statuses) <= {200, 202, 409}
        assert len({answer.json()["id"] for answer in answers if answer.is_success}) == 1
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["code"] == "idempotency_in_progress"
                assert int(answer.headers["retry-after"]) > 0


def test_a_twin_of_a_request_under_way_is_409(alone: GatewayAlone) -> None:
    headers = _key()
    body = raw_http.PART + RECORDING + raw_http.END
    key = f"idempotency-key: {headers['idempotency-key']}"
    with raw_http.connect(alone.client.http.base_url) as slow:
        slow.sendall(raw_http.form_head(len(body), key) + body[:1000])
        for _ in range(5):
            alone.client.http.get("/v1/health/live")

        # A large one: refused before it is read, it must not spoil its connection.
        twin = alone.client.post(RECORDING + b"\0" * 5_000_000, headers=headers)
        assert (twin.status_code, twin.json()["code"]) == (409, "idempotency_in_progress")
        assert int(twin.headers["retry-after"]) > 0

        slow.sendall(body[1000:])
        assert slow.recv(4096).startswith(b"HTTP/1.1 202")

    assert alone.client.post(RECORDING, headers=headers).status_code == 200


def test_a_refused_request_leaves_its_key_free(alone: GatewayAlone) -> None:
    headers = _key()
    assert alone.client.post(b"no sound", headers=headers).status_code == 415
    assert alone.client.post(RECORDING, model="nothing", headers=headers).status_code == 422

    assert alone.client.post(RECORDING, headers=headers).status_code == 202


def test_a_request_cut_short_leaves_its_key_free(alone: GatewayAlone) -> None:
    headers = _key()
    key = f"idempotency-key: {headers['idempotency-key']}"
    with raw_http.connect(alone.client.http.base_url) as cut:
        cut.sendall(raw_http.form_head(100_000, key) + b"--x")

    began = monotonic()
    while (response := alone.client.post(RECORDING, headers=headers)).status_code == 409:
        assert monotonic() - began < 10
    assert response.status_code == 202


def test_after_its_job_was_deleted_a_key_is_free(alone: GatewayAlone) -> None:
    headers = _key()
    job_id = alone.client.post(RECORDING, headers=headers).json()["id"]
    alone.client.http.delete(f"/v1/jobs/{job_id}")

    response = alone.client.post(RECORDING, headers=headers)

    assert (response.status_code, response.json()["id"] != job_id) == (202, True)


def test_a_replay_waits_too(alone: GatewayAlone) -> None:
    headers = {**_key(), "prefer": "wait=30"}
    job_id = alone.client.post(RECORDING, headers={**headers, "prefer": "wait=0"}).json()["id"]
    answer = alone.meanwhile(lambda: alone.client.post(RECORDING, headers=headers))
    assert not answer.done()

    alone.succeed(job_id)

    response = answer.result(10)
    assert (response.status_code, response.json()["status"]) == (200, "succeeded")
    assert response.headers["idempotency-replayed"] == "true"
    assert response.headers["preference-applied"] == "wait=30"


def test_a_first_request_that_waits_holds_up_no_twin(alone: GatewayAlone) -> None:
    headers = _key()
    waiting = alone.meanwhile(
        lambda: alone.client.post(RECORDING, headers={**headers, "prefer": "wait=30"})
    )
    began = monotonic()
    while (twin := alone.client.post(RECORDING, headers=headers)).status_code == 409:
        assert monotonic() - began < 10

    assert (twin.status_code, twin.json()["status"]) == (200, "queued")
    alone.succeed(twin.json()["id"])
    assert waiting.result(10).json()["id"] == twin.json()["id"]


@pytest.mark.parametrize("key", ["a" * 255, "spaces within", '"quoted"', "~!@#"])
def test_keys_that_are_taken(alone: GatewayAlone, key: str) -> None:
    headers = {"idempotency-key": key}
    assert alone.client.post(RECORDING, headers=headers).status_code == 202


@pytest.mark.parametrize("key", [b"", b"a" * 256, b"caf\xe9", b"tab\there"])
def test_keys_that_are_not(alone: GatewayAlone, key: bytes) -> None:
    response = alone.client.http.post(
        "/v1/jobs", files={"file": ("a", RECORDING)}, headers={b"idempotency-key": key}
    )
    assert (response.status_code, response.json()["code"]) == (400, "invalid_idempotency_key")


def test_two_keys_are_none(alone: GatewayAlone) -> None:
    response = alone.client.http.post(
        "/v1/jobs",
        files={"file": ("a", RECORDING)},
        headers=[("idempotency-key", "one"), ("idempotency-key", "two")],
    )
    assert (response.status_code, response.json()["code"]) == (400, "invalid_idempotency_key")
