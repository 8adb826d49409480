"""What a client would rather have (RFC 7240): to wait for the answer, up to so many seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.request import parse_http_list

from fastapi import Request

from api.header_parameters import header_parameter

MAX_WAIT_S: Final = 30

PREFERENCE_APPLIED: dict[str, Any] = {
    "schema": {"type": "string"},
    "description": "`wait=N`, when a wait was asked for and what it was for came in time",
}

PREFER = header_parameter(
    "prefer",
    f"`wait=N`: answer when there is something to tell, after N seconds at the latest; "
    f"N is {MAX_WAIT_S} at most (RFC 7240). What is malformed is ignored.",
    example="wait=10",
)


def wait_s(fields: Iterable[str]) -> int:
    """How long the client would wait, in seconds: 0 (not at all) to 30.

    Args:
        fields: the values of all `Prefer` header fields. What is malformed or unknown in them is
            ignored, and of one preference that is there twice the first counts (RFC 7240, 2).
    """
    for field in fields:
        for preference in parse_http_list(field):
            name, _, value = preference.partition(";")[0].partition("=")
            if name.strip().lower() != "wait":
                continue
            digits = re.fullmatch(r'\s*("?)0*([0-9]*)\1\s*', value)
            if digits and any(character in "0123456789" for character in value):
                return min(int(digits[2][:9] or "0"), MAX_WAIT_S)
            return 0
    return 0


def wait_asked(request: Request) -> int:
    """How long the sender would wait, in seconds."""
    return wait_s(request.headers.getlist("prefer"))


def applied(seconds: int) -> dict[str, str]:
    """The header that says that the wait was worth it."""
    return {"Preference-Applied": f"wait={seconds}"}
