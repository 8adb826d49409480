"""A key's requests are limited, and its answers tell how many are left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.keys import client_with, new_key


@pytest.fixture(scope="module")
def gateway(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url, RATE_LIMIT_PER_MINUTE="5") as alone:
        yield alone


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _client(gateway: GatewayAlone, stack: ExitStack, redis_url: str, *options: str) -> Client:
    key = new_key(redis_url, "limited", *options).key
    return stack.enter_context(client_with(str(gateway.client.http.base_url), key))


def test_more_than_the_limit_is_429(
    gateway: GatewayAlone, stack: ExitStack, redis_server_url: str
) -> None:
    client = _client(gateway, stack, redis_server_url)
    paths = ["/v1/models", "/v1/jobs", f"/v1/jobs/{'0' * 32}", "/v1/jobs?limit=0", "/v1/models"]

    answers = [client.http.get(path) for path in paths]
    refused = client.http.get("/v1/models")

    assert [answer.status_code for answer in answers] == [200, 200, 404, 422, 200]
    for number, answer in enumerate(answers):  # problems tell it, too
        assert answer.headers["ratelimit-policy"] == '"per-key";q=5;w=60'
        assert re.fullmatch(
            rf'"per-key";r={4 - number};t=([1-9]|1[0-2])', answer.headers["ratelimit"]
        )
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    retry_after = int(refused.headers["retry-after"])
    assert 1 <= retry_after <= 12
    assert refused.headers["ratelimit"] == f'"per-key";r=0;t={retry_after}'


def test_of_many_at_once_no_more_than_the_limit_pass(
    gateway: GatewayAlone, stack: ExitStack, redis_server_url: str
) -> None:
    client = _client(gateway, stack, redis_server_url)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: client.http.get("/v1/models"), range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 15


def test_a_key_may_have_another_limit(
    gateway: GatewayAlone, stack: ExitStack, redis_server_url: str
) -> None:
    client = _client(gateway, stack, redis_server_url, "--per-minute", "1")

    assert client.http.get("/v1/models").headers["ratelimit-policy"] == '"per-key";q=1;w=60'
    assert client.http.get("/v1/models").status_code == 429


def test_a_key_may_have_none(
    gateway: GatewayAlone, stack: ExitStack, redis_server_url: str
) -> None:
    client = _client(gateway, stack, redis_server_url, "--per-minute", "0")

    answers = [client.http.get("/v1/models") for _ in range(10)]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("ratelimit" in answer.headers for answer in answers)


def test_whoever_comes_without_a_key_in_development_is_not_limited(gateway: GatewayAlone) -> None:
    answers = [gateway.client.http.get("/v1/models") for _ in range(10)]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("ratelimit" in answer.headers for answer in answers)


def test_health_is_never_limited(
    gateway: GatewayAlone, stack: ExitStack, redis_server_url: str
) -> None:
    client = _client(gateway, stack, redis_server_url, "--per-minute", "1")

    answers = [client.http.get("/v1/health/live") for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
