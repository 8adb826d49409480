"""Webhooks from a real courier to a real server, read by an independent library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event

import pytest
from standardwebhooks import Webhook

from shared.store import keys
from shared.store.api_keys import ApiKeys
from tests.end_to_end.client import Client
from tests.end_to_end.couriers import (
    NEW,
    OLD,
    RECORDING,
    SECRETS,
    attempts,
    courier_running,
    delivery,
    ended,
    status,
    submit,
)
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.keys import client_with, new_key
from tests.end_to_end.processes import Program, eventually
from tests.support.receiver import Receiver, Reply

TOKEN = "hush-hush"


@pytest.fixture(scope="module")
def alone(redis_server_url: str) -> Iterator[GatewayAlone]:
    """A gateway, whose jobs end when the test says so."""
    with gateway_alone(redis_server_url, WEBHOOK_SECRETS=SECRETS) as alone:
        yield alone


@pytest.fixture(scope="module")
def one_courier(alone: GatewayAlone, redis_server_url: str) -> Iterator[Program]:
    with courier_running(redis_server_url) as program:
        yield program


@pytest.fixture(autouse=True)
def _nothing_is_left(alone: GatewayAlone) -> Iterator[None]:
    yield
    alone.redis.flushall()


@pytest.mark.usefixtures("one_courier")
@pytest.mark.parametrize("how", ["succeeded", "failed", "canceled"])
def test_a_webhook_is_told_and_verified(alone: GatewayAlone, somebody: Receiver, how: str) -> None:
    job_id = submit(alone, somebody.url("/coughs?a=b"))
    assert alone.client.http.get(f"/v1/jobs/{job_id}/deliveries").json() == {"deliveries": []}

    if how == "canceled":
        alone.client.http.post(f"/v1/jobs/{job_id}/cancel")
    else:
        alone.succeed(job_id) if how == "succeeded" else alone.fail(job_id)

    (call,) = somebody.wait_for(1)
    told = status(alone, job_id, "delivered")
    assert call.path == "/coughs?a=b"
    assert call.headers["content-type"] == "application/json"
    # Rotation: whoever has the old secret still, and whoever has the new one already.
    assert len(call.headers["webhook-signature"].split(" ")) == 2
    for secret in (NEW, OLD):
        payload = Webhook(secret).verify(call.body, call.headers)
    assert payload == {
        "type": f"job.{how}",
        "timestamp": alone.client.job(job_id)["finished_at"].replace("000Z", "Z"),
        "data": {"id": job_id, "status": how},
    }
    assert (told["id"], told["type"]) == (call.headers["webhook-id"], f"job.{how}")
    assert [attempt["status_code"] for attempt in told["attempts"]] == [204]
    assert told["next_attempt_at"] is None


@pytest.mark.usefixtures("one_courier")
def test_it_is_told_again_until_it_is_heard(alone: GatewayAlone, somebody: Receiver) -> None:
    somebody.replies += [Reply(500), Reply(404), Reply(429, {"Retry-After": "1"})]

    job_id = ended(alone, somebody.url())

    calls = somebody.wait_for(4)
    told = status(alone, job_id, "delivered")
    assert len({(call.headers["webhook-id"], call.body) for call in calls}) == 1
    for call in calls:
        Webhook(NEW).verify(call.body, call.headers)
    assert attempts(alone, job_id, 4) == [500, 404, 429, 204]
    times = [datetime.fromisoformat(attempt["at"]) for attempt in told["attempts"]]
    assert times == sorted(times)
    assert (times[3] - times[2]).total_seconds() >= 1


@pytest.mark.usefixtures("one_courier")
def test_between_attempts_the_next_one_is_told(alone: GatewayAlone, somebody: Receiver) -> None:
    somebody.replies += [Reply(503, {"Retry-After": "3600"})]

    job_id = ended(alone, somebody.url())

    assert attempts(alone, job_id) == [503]
    told = delivery(alone, job_id)
    assert told["status"] == "pending"
    wait = datetime.fromisoformat(told["next_attempt_at"]) - datetime.now(UTC)
    assert 3500 < wait.total_seconds() <= 3600


@pytest.mark.usefixtures("one_courier")
def test_410_ends_it_for_that_url(alone: GatewayAlone, somebody: Receiver) -> None:
    somebody.replies += [Reply(410)]
    first = ended(alone, somebody.url("/gone"))
    assert status(alone, first, "failed")["next_attempt_at"] is None

    second = ended(alone, somebody.url("/gone"))
    another = ended(alone, somebody.url("/here"))

    assert status(alone, second, "skipped")["attempts"] == []
    status(alone, another, "delivered")
    assert [call.path for call in somebody.calls] == ["/gone", "/here"]


@pytest.mark.usefixtures("one_courier")
def test_a_redirect_is_not_followed(alone: GatewayAlone, somebody: Receiver) -> None:
    somebody.replies += [
        Reply(code, {"Location": somebody.url("/elsewhere")}) for code in (301, 302, 307, 308)
    ]

    job_id = ended(alone, somebody.url("/here"))

    assert attempts(alone, job_id, 5) == [301, 302, 307, 308, 204]
    assert {call.path for call in somebody.calls} == {"/here"}


@pytest.mark.usefixtures("one_courier")
@pytest.mark.parametrize("host", ["127.0.0.2", "2130706434", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_an_address_that_is_not_public_is_refused(
    alone: GatewayAlone, somebody: Receiver, host: str
) -> None:
    job_id = ended(alone, somebody.url(host=host))

    assert attempts(alone, job_id, 2) == ["address_refused"] * 2
    assert somebody.calls == []


@pytest.mark.usefixtures("one_courier")
def test_who_is_slow_is_cut_off_and_tried_again(alone: GatewayAlone, somebody: Receiver) -> None:
    never = Event()
    somebody.replies += [Reply(when=never)]

    job_id = ended(alone, somebody.url())

    assert attempts(alone, job_id, 2) == ["timeout", 204]
    first, second = delivery(alone, job_id)["attempts"]
    waited = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
    assert waited.total_seconds() >= 1
    never.set()


@pytest.mark.usefixtures("one_courier")
def test_a_deleted_job_is_not_told(alone: GatewayAlone, somebody: Receiver) -> None:
    somebody.replies += [Reply(500, {"Retry-After": "1"})]
    job_id = ended(alone, somebody.url("/deleted"))
    assert attempts(alone, job_id) == [500]

    assert alone.client.http.delete(f"/v1/jobs/{job_id}").status_code == 204

    assert alone.redis.zcard(keys.WEBHOOKS_DUE) == 0
    assert alone.client.http.get(f"/v1/jobs/{job_id}/deliveries").status_code == 404
    assert len(somebody.calls) == 1


@pytest.mark.usefixtures("one_courier")
def test_a_keys_webhooks_are_signed_with_its_own_secrets(
    alone: GatewayAlone, redis_server_url: str, somebody: Receiver
) -> None:
    key = new_key(redis_server_url)
    rotated = ApiKeys(alone.redis).rotate_webhook_secret(key.id)
    with client_with(str(alone.client.http.base_url), key.key) as client:
        job_id = client.post(RECORDING, webhook_url=somebody.url()).json()["id"]
    alone.succeed(job_id)

    (call,) = somebody.wait_for(1)

    for secret in (key.webhook_secret, rotated.webhook_secrets[0].secret):
        assert Webhook(secret).verify(call.body, call.headers)["data"]["id"] == job_id
    assert len(call.headers["webhook-signature"].split(" ")) == 2


def test_neither_urls_nor_secrets_are_logged(
    alone: GatewayAlone, one_courier: Program, somebody: Receiver
) -> None:
    somebody.replies += [Reply(500)]
    job_id = ended(alone, somebody.url(f"/{TOKEN}"))
    refused = ended(alone, f"http://127.0.0.3/{TOKEN}")
    status(alone, job_id, "delivered")
    attempts(alone, refused)
    one_courier.wait_for(f"{job_id}: webhook at 127.0.0.1: 204, delivered")

    said = "".join([*one_courier.lines, *alone.program.lines])
    for secret in (TOKEN, NEW, OLD, NEW.removeprefix("whsec_"), OLD.removeprefix("whsec_")):
        assert secret not in said


def test_without_a_secret_no_webhook_is_promised(redis_server_url: str) -> None:
    with gateway_alone(redis_server_url, WEBHOOK_SECRETS="") as secretless:
        url = "https://coughs.invalid/"
        files = [("file", ("a", RECORDING))]
        responses = [
            secretless.client.http.post(path, files=files, data={"webhook_url": url})
            for path in ("/v1/jobs", "/v1/batches")
        ]
        assert secretless.redis.keys("cough:job:*") == []

    for response in responses:
        assert (response.status_code, response.json()["code"]) == (422, "webhook_secret_missing")


def test_what_is_not_there_has_no_deliveries(client: Client) -> None:
    response = client.http.get(f"/v1/jobs/{'0' * 32}/deliveries")
    assert (response.status_code, response.json()["code"]) == (404, "job_not_found")


def test_the_whole_service_has_a_courier(client: Client, alone: GatewayAlone) -> None:
    """In the shared service nobody may be called here, and that is what the courier finds."""
    response = client.post(RECORDING, webhook_url="http://127.0.0.1:1/")
    job_id = response.json()["id"]
    assert client.wait(job_id)["status"] == "succeeded"

    def errors() -> list[str]:
        told = client.http.get(f"/v1/jobs/{job_id}/deliveries").json()["deliveries"]
        return [attempt["error"] for attempt in told[0]["attempts"]]

    eventually(lambda: errors()[:1] == ["address_refused"], 30, "an attempt")
