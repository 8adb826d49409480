"""Believing a webhook: its signature by Standard Webhooks (standardwebhooks.com), HMAC-SHA256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cough_client.errors import ConfigurationError, WebhookError

TOLERANCE_S: Final = 300.0
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 -- what every secret begins with
_VERSION: Final = "v1"


def verify_webhook(
    payload: bytes | str,
    headers: Mapping[str, str],
    secrets: str | Sequence[str],
    *,
    tolerance_s: float = TOLERANCE_S,
    now: float | None = None,
) -> dict[str, Any]:
    """Check a webhook's signature and its time, and give what it says.

    Keep the `webhook-id` of those you acted on: the same one may come again.

    Args:
        payload: the request's body as it came, byte for byte.
        headers: the request's; upper and lower case are the same.
        secrets: `whsec_` and base64, one or several: while they are rotated, any of them counts.
        tolerance_s: how far its timestamp may be from now, either way, in seconds.
        now: seconds since the epoch; None: the clock's.

    Raises:
        WebhookError: it must not be believed.
        ConfigurationError: a secret cannot be used.
    """
    keys = [_key(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]
    if not keys:
        raise ConfigurationError("There is no webhook secret")
    body = payload.encode() if isinstance(payload, str) else payload
    named = {name.lower(): value for name, value in headers.items()}
    identity, timestamp, given = (
        named.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (identity and timestamp and given):
        raise WebhookError("A webhook has webhook-id, webhook-timestamp and webhook-signature")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise WebhookError("Its timestamp is no number of seconds")
    signed = f"{identity}.{timestamp}.".encode() + body
    if not _matches(signed, keys, given):
        raise WebhookError("No signature is by one of the secrets")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance_s:
        raise WebhookError("Its timestamp is too far from now")
    try:
        said = json.loads(body)
    except ValueError as error:
        raise WebhookError("Its body is not JSON") from error
    if not isinstance(said, dict):
        raise WebhookError("Its body is not a JSON object")
    return said


def _matches(signed: bytes, keys: list[bytes], given: str) -> bool:
    """Whether one of the signatures is by one of the keys; all are compared, in constant time."""
    found = False
    for one in given.split(" "):
        version, _, signature = one.partition(",")
        if version != _VERSION:
            continue
        for key in keys:
            ours = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
            found |= hmac.compare_digest(ours, signature.encode("utf-8", "replace"))
    return found


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(_SECRET_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError("A webhook secret is whsec_ and base64") from error
    if not key:
        raise ConfigurationError("A webhook secret is empty")
    return key
