"""Every answer carries what makes browsers careful with it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

import httpx
import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def gateway(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url) as alone:
        yield alone


def _assert_careful(response: httpx.Response) -> None:
    for name, value in ALWAYS.items():
        assert response.headers.get_list(name) == [value]
    policies = response.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert "default-src 'none'" in policies[0]
    assert "frame-ancestors 'none'" in policies[0]


def test_every_kind_of_answer_has_them(gateway: GatewayAlone) -> None:
    http = gateway.client.http
    job_id = gateway.client.submit(RECORDING)
    tag = http.get(f"/v1/jobs/{job_id}").headers["etag"]
    bad = {"authorization": "Bearer nonsense"}
    answers = [
        http.get("/"),
        http.get("/page/main.js"),
        http.get("/page/nothing.js"),
        http.get("/docs"),
        http.get("/openapi.json"),
        http.get("/v1/health/live"),
        http.get("/v1/models"),
        http.get("/nothing"),
        http.put("/v1/jobs"),
        http.get("/v1/models", headers=bad),
        gateway.client.post(RECORDING),
        gateway.client.post(b"no sound"),
        http.get(f"/v1/jobs/{job_id}"),
        http.get(f"/v1/jobs/{job_id}", headers={"if-none-match": tag}),
        http.delete(f"/v1/jobs/{job_id}"),
    ]
    statuses = [200, 200, 404, 200, 200, 200, 200, 404, 405, 401, 202, 415, 200, 304, 204]

    assert [answer.status_code for answer in answers] == statuses
    for answer in answers:
        _assert_careful(answer)
        assert "strict-transport-security" not in answer.headers  # this is no TLS


def test_nobody_on_the_way_keeps_what_is_somebodys(gateway: GatewayAlone) -> None:
    http = gateway.client.http
    job_id = gateway.client.submit(RECORDING)
    gateway.succeed(job_id)
    for path in (f"/v1/jobs/{job_id}", "/v1/jobs", f"/v1/jobs/{job_id}/events", "/v1/jobs/no"):
        assert http.get(path).headers.get_list("cache-control") == ["no-store"]
    assert gateway.client.post(RECORDING).headers["cache-control"] == "no-store"


def test_the_documentation_may_run_what_it_is_made_of(gateway: GatewayAlone) -> None:
    response = gateway.client.http.get("/docs")
    directives = dict(
        directive.strip().split(" ", 1)
        for directive in response.headers["content-security-policy"].split(";")
    )

    inline = re.findall(r"<script>(.*?)</script>", response.text, re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert directives["script-src"].split() == ["'self'", f"'sha256-{digest}'"]
    assert directives["connect-src"] == "'self'"
    assert "persistAuthorization" not in response.text  # a key typed in is not kept


def test_production_asks_for_tls_from_then_on(redis_server_url: str) -> None:
    with gateway_alone(redis_server_url, ENVIRONMENT="production") as production:
        for path in ("/v1/health/live", "/v1/jobs", "/docs"):
            response = production.client.http.get(path)
            _assert_careful(response)
            assert response.headers["strict-transport-security"] == "max-age=31536000"
