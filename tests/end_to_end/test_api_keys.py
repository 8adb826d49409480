"""In production nobody asks without a key; anywhere, a key that is sent must be valid."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.keys import ShownKey, client_with, keys_command, new_key
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
CLOSED = [
    ("GET", "/v1/jobs"),
    ("POST", "/v1/jobs"),
    ("GET", "/v1/jobs/{id}"),
    ("GET", "/v1/jobs/{id}/events"),
    ("POST", "/v1/jobs/{id}/cancel"),
    ("DELETE", "/v1/jobs/{id}"),
    ("GET", "/v1/models"),
]
OPEN = ["/", "/page/main.js", "/v1/health/live", "/v1/health/ready", "/openapi.json", "/docs"]


@pytest.fixture(scope="module")
def production(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url, ENVIRONMENT="production") as alone:
        yield alone


@pytest.fixture(scope="module")
def development(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url) as alone:
        yield alone


@pytest.fixture(scope="module")
def key(redis_server_url: str) -> ShownKey:
    return new_key(redis_server_url)


@pytest.fixture
def client(production: GatewayAlone, key: ShownKey) -> Iterator[Client]:
    with client_with(str(production.client.http.base_url), key.key) as client:
        yield client


def _assert_unauthorized(response: httpx.Response, challenge: str) -> None:
    assert response.status_code == 401, response.text
    assert response.json()["code"] == "unauthorized"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == challenge


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_a_key_nothing_is_told(
    production: GatewayAlone, client: Client, method: str, path: str
) -> None:
    address = path.format(id=client.submit(RECORDING))

    _assert_unauthorized(production.client.http.request(method, address), 'Bearer realm="cough"')


def test_every_operation_is_closed_but_health(production: GatewayAlone, client: Client) -> None:
    document = client.http.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            address = path.replace("{", "").replace("}", "")
            response = production.client.http.request(method, address)
            closed = not path.startswith("/v1/health/")
            assert (response.status_code == 401) == closed, (method, path)
            assert ("401" in operation["responses"]) == closed, (method, path)


@pytest.mark.parametrize("path", OPEN)
def test_probes_and_documentation_need_none(production: GatewayAlone, path: str) -> None:
    assert production.client.http.get(path).status_code in (200, 503)


def test_with_a_key_all_is_as_ever(production: GatewayAlone, client: Client) -> None:
    job_id = client.submit(RECORDING)
    production.succeed(job_id)

    assert client.job(job_id)["status"] == "succeeded"
    assert client.http.get("/v1/models").status_code == 200
    assert client.http.delete(f"/v1/jobs/{job_id}").status_code == 204


def test_the_scheme_is_written_as_one_likes(production: GatewayAlone, key: ShownKey) -> None:
    for header in (f"bearer {key.key}", f"BEARER  {key.key}"):
        response = production.client.http.get("/v1/models", headers={"authorization": header})
        assert response.status_code == 200


@pytest.mark.parametrize("where", ["production", "development"])
def test_a_wrong_key_opens_nothing_anywhere(
    where: str, key: ShownKey, request: pytest.FixtureRequest
) -> None:
    gateway: GatewayAlone = request.getfixturevalue(where)
    other = key.key[:-1] + ("0" if key.key[-1] != "0" else "1")
    unknown = f"cough_{'0' * 16}_{key.key.rpartition('_')[2]}"
    for header in (
        f"Bearer {other}",
        f"Bearer {unknown}",
        f"Bearer {key.key}0",
        f"Bearer {key.key} {key.key}",
        f"Basic {key.key}",
        key.key,
        "Bearer",
        "",
    ):
        response = gateway.client.http.get("/v1/models", headers={"authorization": header})
        _assert_unauthorized(response, 'Bearer realm="cough", error="invalid_token"')


def test_in_development_nobody_needs_one(development: GatewayAlone) -> None:
    assert development.client.job(development.client.submit(RECORDING))["status"] == "queued"


def test_a_revoked_key_opens_nothing_from_then_on(
    production: GatewayAlone, redis_server_url: str
) -> None:
    key = new_key(redis_server_url, "to be revoked")
    with client_with(str(production.client.http.base_url), key.key) as client:
        assert client.http.get("/v1/jobs").status_code == 200

        assert keys_command(redis_server_url, "revoke", key.id).returncode == 0

        _assert_unauthorized(
            client.http.get("/v1/jobs"), 'Bearer realm="cough", error="invalid_token"'
        )


def test_a_stranger_is_refused_before_anything_is_read(production: GatewayAlone) -> None:
    response = production.client.http.post("/v1/jobs", content=b"no form at all")
    _assert_unauthorized(response, 'Bearer realm="cough"')
