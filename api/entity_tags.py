"""`If-None-Match`: what the client has already (RFC 9110, 13.1.2)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Request

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


async def _known_tags(
    request: Request,
    if_none_match: Annotated[  # noqa: ARG001 (for the document: a request may have several)
        str | None,
        Header(description="The `ETag` that you have", examples=['"1"']),
    ] = None,
) -> KnownTags:
    return KnownTags(request.headers.getlist("if-none-match"))


KnownTagsDep = Annotated[KnownTags, Depends(_known_tags)]
