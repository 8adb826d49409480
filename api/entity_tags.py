"""`If-None-Match`: what the client has already (RFC 9110, 13.1.2)."""

from __future__ import annotations

import re

from fastapi import Request

from api.header_parameters import header_parameter

_TAG = re.compile(r'(?:W/)?("[^"]*")')


class KnownTags:
    """The entity tags that a client has; compared weakly, as the RFC wants for GET."""

    def __init__(self, fields: list[str]) -> None:
        self._any = any(field.strip() == "*" for field in fields)
        self._tags = {tag for field in fields for tag in _TAG.findall(field)}

    def __bool__(self) -> bool:
        return self._any or bool(self._tags)

    def __contains__(self, tag: str) -> bool:
        return self._any or tag in self._tags


IF_NONE_MATCH = header_parameter("if-none-match", "The `ETag` that you have", example='"1"')


def known_tags(request: Request) -> KnownTags:
    """What the sender has."""
    return KnownTags(request.headers.getlist("if-none-match"))
