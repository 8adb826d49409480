"""Each key sees its own jobs only: another's id is unknown to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.keys import client_with, new_key
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
ON_A_JOB = [
    ("GET", ""),
    ("GET", "/events"),
    ("GET", "/deliveries"),
    ("POST", "/cancel"),
    ("DELETE", ""),
]


@pytest.fixture(scope="module")
def gateway(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url) as alone:
        yield alone


@pytest.fixture(scope="module")
def alice(gateway: GatewayAlone, redis_server_url: str) -> Iterator[Client]:
    with client_with(str(gateway.client.http.base_url), new_key(redis_server_url).key) as client:
        yield client


@pytest.fixture(scope="module")
def bob(gateway: GatewayAlone, redis_server_url: str) -> Iterator[Client]:
    with client_with(str(gateway.client.http.base_url), new_key(redis_server_url).key) as client:
        yield client


@pytest.mark.parametrize(("method", "what"), ON_A_JOB)
@pytest.mark.parametrize("other", ["bob", "anonymous"])
def test_anothers_job_is_not_there(
    gateway: GatewayAlone, alice: Client, bob: Client, other: str, method: str, what: str
) -> None:
    job_id = alice.submit(RECORDING)
    client = bob if other == "bob" else gateway.client

    response = client.http.request(method, f"/v1/jobs/{job_id}{what}")
    unknown = client.http.request(method, f"/v1/jobs/{'0' * 32}{what}")

    assert (response.status_code, response.json()["code"]) == (404, "job_not_found")
    # Nor does the answer tell an id of somebody else's from one that never was.
    assert response.text.replace(job_id, "0" * 32) == unknown.text
    assert alice.job(job_id)["status"] == "queued"


def test_an_anonymous_job_is_not_a_keys(gateway: GatewayAlone, alice: Client) -> None:
    job_id = gateway.client.submit(RECORDING)

    assert alice.http.get(f"/v1/jobs/{job_id}").status_code == 404


def test_each_lists_its_own(gateway: GatewayAlone, alice: Client, bob: Client) -> None:
    theirs, his = alice.submit(RECORDING), bob.submit(RECORDING)

    listed = {job["id"] for job in alice.http.get("/v1/jobs").json()["jobs"]}
    assert theirs in listed
    assert his not in listed
    assert [job["id"] for job in bob.http.get("/v1/jobs").json()["jobs"]] == [his]


def test_the_same_idempotency_key_is_two_keys_of_two_owners(alice: Client, bob: Client) -> None:
    headers = {"idempotency-key": "one and the same"}
    theirs, his = (client.post(RECORDING, headers=headers) for client in (alice, bob))

    assert (theirs.status_code, his.status_code) == (202, 202)
    assert theirs.json()["id"] != his.json()["id"]


@pytest.mark.parametrize("what", ["", "/results"])
def test_anothers_batch_is_not_there(
    gateway: GatewayAlone, alice: Client, bob: Client, what: str
) -> None:
    batch = alice.http.post("/v1/batches", files=[("file", ("a", RECORDING))])
    assert batch.status_code == 202, batch.text
    path = f"/v1/batches/{batch.json()['id']}{what}"

    assert alice.http.get(path).status_code == 200
    for other in (bob, gateway.client):
        response = other.http.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "batch_not_found")
