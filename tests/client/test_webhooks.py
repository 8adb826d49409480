"""Believing webhooks, against an independent signer: the library `standardwebhooks`."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from cough_client import CoughClient, verify_webhook
from cough_client.errors import ConfigurationError, WebhookError

SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
BODY = '{"id": "0b3de94b2c134a5f9f1d4c0f1b7a2e55", "status": "succeeded", "é": "ü"}'
NOW = 1_795_000_000


def _headers(secret: str = SECRET, body: str = BODY, at: int = NOW) -> dict[str, str]:
    signature = Webhook(secret).sign("msg_1", datetime.fromtimestamp(at, UTC), body)
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": signature,
    }


def _verify(headers: dict[str, str], secrets: Any = SECRET, body: str | bytes = BODY) -> Any:
    return verify_webhook(body, headers, secrets, now=NOW)


def test_what_the_library_signed_is_believed() -> None:
    assert _verify(_headers())["status"] == "succeeded"
    assert _verify(_headers(), body=BODY.encode())["é"] == "ü"
    assert CoughClient.verify_webhook(BODY, _headers(at=int(time.time())), SECRET)


@given(st.dictionaries(st.text(max_size=5), st.integers()), st.binary(min_size=1, max_size=64))
def test_any_body_and_any_key(body: dict[str, int], key: bytes) -> None:
    secret, text = "whsec_" + base64.b64encode(key).decode(), json.dumps(body)
    assert _verify(_headers(secret, text), secret, text) == body
    assert _verify(_headers(secret, text), secret.rstrip("="), text) == body


def test_while_secrets_are_rotated_any_of_them_counts() -> None:
    assert _verify(_headers(), [OTHER, SECRET])
    both = _headers()
    both["Webhook-Signature"] += " " + _headers(OTHER)["Webhook-Signature"]
    assert _verify(both, OTHER)
    assert _verify(both, SECRET)


@pytest.mark.parametrize(
    "change",
    [
        {"Webhook-Id": "msg_2"},
        {"Webhook-Id": ""},
        {"Webhook-Timestamp": str(NOW + 1)},
        {"Webhook-Timestamp": "soon"},
        {"Webhook-Timestamp": "9" * 5000},
        {"Webhook-Timestamp": "²"},
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "v1,"},
        {"Webhook-Signature": "v1,é"},
        {"Webhook-Signature": "v1"},
        {"Webhook-Signature": _headers()["Webhook-Signature"].replace("v1,", "v1a,")},
        {"Webhook-Signature": _headers(OTHER)["Webhook-Signature"]},
    ],
)
def test_what_was_changed_is_not_believed(change: dict[str, str]) -> None:
    with pytest.raises(WebhookError):
        _verify({**_headers(), **change})


@given(st.integers(0, len(BODY) - 1))
def test_a_body_changed_anywhere_is_not_believed(place: int) -> None:
    changed = BODY[:place] + chr(ord(BODY[place]) ^ 1) + BODY[place + 1 :]
    with pytest.raises(WebhookError):
        _verify(_headers(), body=changed)


@pytest.mark.parametrize("name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_header_that_is_missing(name: str) -> None:
    headers = _headers()
    del headers[name]
    with pytest.raises(WebhookError):
        _verify(headers)


@pytest.mark.parametrize(
    ("off", "believed"), [(300, True), (-300, True), (301, False), (-301, False)]
)
def test_old_and_future_ones_are_not_believed(off: int, believed: bool) -> None:
    headers = _headers(at=NOW + off)
    if believed:
        assert _verify(headers)
    else:
        with pytest.raises(WebhookError, match="too far"):
            _verify(headers)


@pytest.mark.parametrize("body", ["no json", "[]"])
def test_a_body_that_says_nothing(body: str) -> None:
    with pytest.raises(WebhookError):
        _verify(_headers(body=body), body=body)


@pytest.mark.parametrize("secrets", ["", "whsec_", "whsec_é", "whsec_a", "whsec_!!!!", []])
def test_a_secret_that_is_none(secrets: Any) -> None:
    with pytest.raises(ConfigurationError):
        _verify(_headers(), secrets)
