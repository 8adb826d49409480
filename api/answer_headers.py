"""Headers that every answer carries, whatever it answers: security, and what a request is told.

A response's own header of the same name stands: the page at /docs has its own policy.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

_TOLD: Final = "cough.headers"
_ALWAYS: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# Behind TLS, as production is: browsers ignore it on plain HTTP.
_PRODUCTION: Final[tuple[Header, ...]] = ((b"strict-transport-security", b"max-age=31536000"),)
# Somebody's recordings and diagnoses: nobody on the way is to keep them.
_UNKEPT: Final[tuple[Header, ...]] = ((b"cache-control", b"no-store"),)


def add_header(scope: Scope, name: str, value: str) -> None:
    """Let the answer to this request carry a header, whichever answer it will be."""
    scope[_TOLD].append((name.encode(), value.encode()))


class AnswerHeaders:
    """ASGI middleware, the outermost one, so that no answer of the app's goes without."""

    def __init__(self, app: ASGIApp, *, production: bool) -> None:
        self._app = app
        self._everywhere = _ALWAYS + (_PRODUCTION if production else ())
        self._v1 = self._everywhere + _UNKEPT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, and add the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told: list[Header] = []
        scope[_TOLD] = told
        ours = self._v1 if scope["path"].startswith("/v1/") else self._everywhere

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = message["headers"]
                names = {name for name, _ in theirs}
                missing = [header for header in ours if header[0] not in names]
                message["headers"] = [*theirs, *missing, *told]
            await send(message)

        await self._app(scope, receive, send_with_headers)
