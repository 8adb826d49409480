"""What a webhook is told, and the signature over it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable

from shared.store.deliveries import Claim
from shared.webhooks import event_type, signing_key, webhook_id


def body_of(claim: Claim) -> bytes:
    """The payload: thin, and the same for each attempt. Whoever wants the result asks for it."""
    payload = {
        "type": event_type(claim.status),
        "timestamp": claim.ended_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"id": claim.job_id, "status": claim.status},
    }
    return json.dumps(payload, separators=(",", ":")).encode()


def headers_of(claim: Claim, body: bytes, secrets: Iterable[str], timestamp: int) -> dict[str, str]:
    """The headers of one attempt, signed with every secret, so that secrets can be rotated.

    Args:
        claim: whose webhook it is.
        body: the bytes that are sent.
        secrets: those that are valid now, `whsec_...`.
        timestamp: of the attempt, seconds since the epoch.
    """
    message_id = webhook_id(claim.job_id)
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return {
        "content-type": "application/json",
        "user-agent": "cough-screening-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, signed) for secret in secrets),
    }


def signature(secret: str, signed: bytes) -> str:
    """`v1,` and the HMAC-SHA256 in base64."""
    digest = hmac.new(signing_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
