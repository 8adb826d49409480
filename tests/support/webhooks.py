"""Secrets for the webhooks of the tests."""

from __future__ import annotations

import base64


def secret_of(letter: str) -> str:
    """A secret of 32 equal bytes."""
    return "whsec_" + base64.b64encode(letter.encode() * 32).decode()


SECRET = secret_of("a")
