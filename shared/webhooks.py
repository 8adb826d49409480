"""Webhooks: what the settings, the gateway and the courier must agree on.

Signed as Standard Webhooks has it: https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_network
from typing import Final

from pydantic import Field

from shared.job import AnswerPart, JobId, JobStatus

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 (how each begins)
_KEY_BYTES: Final = range(24, 65)
_LABEL: Final = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"


class DeliveryStatus(StrEnum):
    """`pending → delivered | failed | skipped`; the last three are final."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


class DeliveryAttempt(AnswerPart):
    """One call of the webhook, whatever came of it."""

    at: datetime = Field(description="When it began")
    status_code: int | None = Field(default=None, description="Of the answer", examples=[503])
    error: str | None = Field(
        default=None,
        description="Why there was no answer; stable, for programs",
        examples=["timeout"],
    )


class Delivery(AnswerPart):
    """How far we are with telling a job's webhook that the job has ended."""

    id: str = Field(description="`webhook-id` of each attempt", examples=["msg_0b3de94b2c13"])
    type: str = Field(description="`type` of the payload", examples=["job.succeeded"])
    status: DeliveryStatus
    attempts: list[DeliveryAttempt] = Field(description="The oldest first")
    next_attempt_at: datetime | None = Field(
        default=None, description="While it is pending; in the past if it is under way"
    )


def webhook_id(job_id: JobId) -> str:
    """`webhook-id`: the same for every attempt, as a job ends once."""
    return f"msg_{job_id}"


def event_type(status: JobStatus) -> str:
    """`type` of the payload."""
    return f"job.{status}"


def signing_key(secret: str) -> bytes:
    """The key of a secret: `whsec_` and 24 to 64 bytes in base64.

    Raises:
        ValueError: it is not one. The message does not repeat it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(SECRET_PREFIX) or len(key) not in _KEY_BYTES:
        raise ValueError(f"a secret is {SECRET_PREFIX} and 24 to 64 bytes in base64")
    return key


def allowed_host(entry: str) -> str:
    """An entry of the allow-list, checked: an address, a network (CIDR), or a host's name.

    Raises:
        ValueError: it is none of them.
    """
    entry = entry.lower().removesuffix(".")
    if "/" in entry or ":" in entry or entry.rpartition(".")[2].isdigit():
        return str(ip_network(entry))
    if not re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", entry):
        raise ValueError("it is neither a host's name nor an address nor a network")
    return entry
