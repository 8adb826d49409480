"""What requests' bodies may cost while they are read: time each, and memory all together."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import RequestTimeoutError, UploadsFullError

_STEP: Final = 64 * 1024
_HELD: Final = "cough.body"


class Bodies:
    """ASGI middleware. Whoever reads a body is raised a `ScreeningError` where it is too much.

    Args:
        app: what reads bodies.
        timeout_s: so long may the first 64 KiB of a body take, and each further ones, and the rest:
            who sends byte by byte must not keep what came before for hours.
        max_bytes: of all bodies that are being read or kept.
    """

    def __init__(self, app: ASGIApp, timeout_s: float, max_bytes: int) -> None:
        self._app = app
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self.held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app read the body, within the bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(self, receive)
        scope[_HELD] = body
        try:
            await self._app(scope, body.receive, send)
        finally:
            body.forget()

    def take(self, size: int) -> None:
        """Have room for so many bytes more.

        Raises:
            UploadsFullError: there is none.
        """
        if self.held + size > self._max_bytes:
            raise UploadsFullError("Too much is being uploaded by others", retry_after=5)
        self.held += size

    @property
    def timeout_s(self) -> float:
        """For each step."""
        return self._timeout_s


class _Body:
    """One request's."""

    def __init__(self, all_bodies: Bodies, receive: Receive) -> None:
        self._all = all_bodies
        self._receive = receive
        self._held = 0
        self._whole = False
        self._step = 0
        self._deadline: float | None = None

    async def receive(self) -> Message:
        """The next piece of it, or, when it is whole, whatever comes then."""
        if self._whole:
            return await self._receive()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._all.timeout_s
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise RequestTimeoutError("The body came too slowly") from error
        size = len(message.get("body", b""))
        self._all.take(size)
        self._held += size
        self._step += size
        if self._step >= _STEP:
            self._step, self._deadline = 0, None
        self._whole = not message.get("more_body", False)
        return message

    def forget(self) -> None:
        """Nothing of it is kept any more."""
        self._all.held -= self._held
        self._held = 0


def forget_body(scope: Scope) -> None:
    """Say that nothing of the request's body is kept any more, though it is not answered yet."""
    scope[_HELD].forget()
