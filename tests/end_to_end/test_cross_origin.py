"""A browser lets the pages of allowed sites ask, and no other's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone

ALLOWED = "https://clinic.example"
NEEDED = {
    *("ETag", "Idempotency-Replayed", "Location", "Preference-Applied", "RateLimit"),
    *("RateLimit-Policy", "Retry-After"),
}


@pytest.fixture(scope="module")
def gateway(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(
        redis_server_url,
        ENVIRONMENT="production",
        CORS_ALLOWED_ORIGINS=f"{ALLOWED},http://localhost:3000",
    ) as alone:
        yield alone


def _preflight(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization, idempotency-key, prefer",
    }


@pytest.mark.parametrize("origin", [ALLOWED, "http://localhost:3000"])
def test_an_allowed_page_may_ask_what_it_needs_to(gateway: GatewayAlone, origin: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        # A browser sends no key with this question.
        answer = gateway.client.http.options("/v1/jobs", headers=_preflight(origin, method))
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin
        allowed = answer.headers["access-control-allow-headers"].lower()
        for header in ("authorization", "idempotency-key", "prefer", "if-none-match"):
            assert header in allowed
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_allowed_page_reads_the_headers_that_clients_need(gateway: GatewayAlone) -> None:
    answer = gateway.client.http.get("/v1/jobs", headers={"origin": ALLOWED})

    assert answer.status_code == 401  # refusals may be read, too
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers
    assert set(answer.headers["access-control-expose-headers"].split(", ")) >= NEEDED


@pytest.mark.parametrize(
    "origin", ["https://evil.example", f"{ALLOWED}.evil.example", "http://clinic.example", "null"]
)
def test_no_other_page_may(gateway: GatewayAlone, origin: str) -> None:
    preflight = gateway.client.http.options("/v1/jobs", headers=_preflight(origin))
    answer = gateway.client.http.get("/v1/jobs", headers={"origin": origin})

    assert preflight.status_code == 400
    for response in (preflight, answer):
        assert "access-control-allow-origin" not in response.headers


def test_without_a_list_no_page_may(redis_server_url: str) -> None:
    with gateway_alone(redis_server_url) as closed:
        preflight = closed.client.http.options("/v1/jobs", headers=_preflight(ALLOWED))
        answer = closed.client.http.get("/v1/jobs", headers={"origin": ALLOWED})

    assert (preflight.status_code, answer.status_code) == (405, 200)
    for response in (preflight, answer):
        assert not [name for name in response.headers if name.startswith("access-control")]
