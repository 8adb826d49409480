"""What is sent is what Standard Webhooks has verified, by an implementation that is not ours."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from shared.job import ANONYMOUS, JobId, JobStatus
from shared.store.deliveries import Claim
from tests.support.webhooks import secret_of
from worker.courier.message import body_of, headers_of, signature

JOB_ID = JobId("0b3de94b2c134a5f9f1d4c0f1b7a2e55")
CLAIM = Claim(
    job_id=JOB_ID,
    token="1:a",
    owner=ANONYMOUS,
    url="https://coughs.invalid/",
    status=JobStatus.SUCCEEDED,
    ended_at=datetime(2026, 11, 24, 12, 0, 0, 5000, tzinfo=UTC),
    attempts=(),
)
NEW, OLD = secret_of("n"), secret_of("o")


def _headers(body: bytes) -> dict[str, str]:
    return headers_of(CLAIM, body, [NEW, OLD], int(time.time()))


def test_the_payload_is_thin() -> None:
    assert json.loads(body_of(CLAIM)) == {
        "type": "job.succeeded",
        "timestamp": "2026-11-24T12:00:00.005Z",
        "data": {"id": JOB_ID, "status": "succeeded"},
    }


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_each_valid_secret_signs(secret: str) -> None:
    body = body_of(CLAIM)
    assert Webhook(secret).verify(body, _headers(body)) == json.loads(body)


def test_the_signature_is_over_id_timestamp_and_body() -> None:
    body = body_of(CLAIM)
    headers = _headers(body)
    forged = [
        (body.replace(b"succeeded", b"failed   "), {}),
        (body, {"webhook-id": "msg_other"}),
        (body, {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}),
    ]

    for content, changes in forged:
        with pytest.raises(WebhookVerificationError):
            Webhook(NEW).verify(content, headers | changes)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of("x")).verify(body, headers)


def test_it_is_the_signature_of_the_specification() -> None:
    """The example of the Standard Webhooks specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'

    assert signature(secret, signed) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
