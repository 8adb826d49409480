"""The header `Idempotency-Key`: a request that is sent again makes no second job."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import Request

from api.context import Context
from api.header_parameters import header_parameter
from api.uploads import Upload
from shared.errors import InvalidIdempotencyKeyError, StoreUnavailableError
from shared.job import Owner
from shared.store.idempotency import Made, Reservation

REPLAYED: dict[str, Any] = {
    "schema": {"type": "string", "enum": ["true"]},
    "description": "This key had made the job before: nothing new was accepted",
}


IDEMPOTENCY_KEY = header_parameter(
    "idempotency-key",
    "A value of your own for this recording, such as a UUID: 1 to 255 printable ASCII characters. "
    "Sent again with the same form, it gives the job that it gave before, as long as that is kept.",
    example="5f0c8a1e-7d5c-4a36-8f0e-0d5d3a0c9a11",
    # Spaces around a header's value are not of it (RFC 9110, 5.5).
    schema={"type": "string", "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
)


def idempotency_key(request: Request) -> str | None:
    """The sender's key, if there is one.

    Raises:
        InvalidIdempotencyKeyError: it has another form, or there are several.
    """
    values = request.headers.getlist("idempotency-key")
    if not values:
        return None
    if len(values) > 1 or not re.fullmatch(r"[ -~]{1,255}", values[0]):
        raise InvalidIdempotencyKeyError("Send one, of 1 to 255 printable ASCII characters")
    return values[0]


@asynccontextmanager
async def reserved(
    context: Context, owner: Owner, key: str | None
) -> AsyncIterator[Reservation | Made | None]:
    """Hold the key while the request is under way, and give it back if that fails.

    Yields:
        None without a key; what it has made before, if it has.

    Raises:
        IdempotencyInProgressError: another request holds it.
    """
    if key is None:
        yield None
        return
    claim = await context.idempotency.reserve(owner, key)
    try:
        yield claim
    except BaseException:
        if isinstance(claim, Reservation):
            with suppress(StoreUnavailableError):  # then it gives way by itself, soon
                await context.idempotency.release(claim)
        raise


def fingerprint(upload: Upload) -> str:
    """What makes two requests the same: the recording and what is asked for it."""
    options = [upload.model, upload.options.pictures, upload.options.webhook_url]
    digest = hashlib.sha256(json.dumps(options).encode())
    digest.update(hashlib.sha256(upload.data).digest())
    return digest.hexdigest()
