"""What the service says of itself: health, models, OpenAPI, the page at /docs."""

from __future__ import annotations

import re

from shared.bundle import Card
from tests.end_to_end.client import Client


def test_it_is_alive_and_ready(client: Client) -> None:
    assert client.http.get("/v1/health/live").json() == {"status": "alive"}
    ready = client.http.get("/v1/health/ready").json()
    assert ready["ready"]
    assert ready["worker_age_s"] < 15


def test_the_served_model_shows_its_card(client: Client) -> None:
    models = client.http.get("/v1/models").json()
    cards = [Card.model_validate(card) for card in models["models"]]
    assert cards[0].reference == models["default"]
    assert "not a medical device" in cards[0].disclaimer


def test_every_operation_declares_its_problems(client: Client) -> None:
    document = client.http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    post = document["paths"]["/v1/jobs"]["post"]
    problems = {"400", "401", "408", "409", "413", "415", "422", "429", "503"}
    assert set(post["responses"]) == {"200", "202", *problems}
    for status in problems:
        assert "application/problem+json" in post["responses"][status]["content"]
    job = document["paths"]["/v1/jobs/{job_id}"]
    assert set(job["get"]["responses"]) == {"200", "304", "401", "404", "429", "503"}
    assert set(job["delete"]["responses"]) == {"204", "401", "404", "429", "503"}
    assert {"Problem", "JobView", "Result"} <= set(document["components"]["schemas"])
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert len({op["operationId"] for op in operations}) == len(operations)


def test_every_operation_but_health_declares_the_key_and_what_may_come_of_it(
    client: Client,
) -> None:
    document = client.http.get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1/health/"):
                assert "security" not in operation
                assert "401" not in operation["responses"]
                continue
            assert operation["security"] == [{}, {"apiKey": []}]  # development: without one, too
            assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
            assert "Retry-After" in operation["responses"]["429"]["headers"]
            for status, answer in operation["responses"].items():
                assert ("RateLimit" in answer.get("headers", {})) == (status != "401")


def test_the_documentation_says_what_this_is_not(client: Client) -> None:
    assert client.http.get("/docs").status_code == 200
    description = client.http.get("/openapi.json").json()["info"]["description"]
    assert "not a medical device" in description


def test_the_documentation_needs_no_other_host(client: Client) -> None:
    page = client.http.get("/docs").text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(addresses) >= 3
    for address in addresses:
        assert client.http.base_url.host in address
        assert client.http.get(address).status_code == 200
