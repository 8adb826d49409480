"""What is told of each request: its id, a log line, metrics, and a span if somebody traces.

A request is told of by its operation, never by its path or query: names of files may stand there.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import IN_PROGRESS, count_request
from shared.telemetry import tracing
from shared.telemetry.correlation import bind_request, usable_request_id
from shared.telemetry.logs import fields

REQUEST_ID: Final = b"x-request-id"
# Asked for all the time, by those who act on the answer themselves.
_HEALTH: Final = "/v1/health/"
UNKNOWN: Final = "unknown"  # no operation of ours
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLOSED: Final = 499  # nginx's: whoever asked has gone before there was an answer

logger = logging.getLogger(__name__)


class Observation:
    """ASGI middleware, around all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with `X-Request-Id`, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        sent = _interesting(scope)
        request_id = usable_request_id(sent.get(REQUEST_ID))
        bind_request(request_id)
        header, status = (REQUEST_ID, request_id.encode()), _CLOSED

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], header]
            await send(message)

        IN_PROGRESS.inc()
        try:
            with _span(scope, sent) as span:
                try:
                    await self._app(scope, receive, send_with_id)
                finally:
                    operation, route = _operation(scope)
                    span.rename(f"{scope['method']} {route}")
                    span.tell({"http.route": route, "http.response.status_code": status})
                    if status >= 500:
                        span.fail(str(status))
        finally:
            IN_PROGRESS.dec()
            method = scope["method"] if scope["method"] in _METHODS else "other"
            seconds = perf_counter() - began
            # Whoever asks to wait, or for events, is answered late on purpose.
            late = b"prefer" in sent or operation == "followJob"
            count_request(operation, method, status, None if late else seconds)
            _log(operation, method, route, status, seconds)


def _interesting(scope: Scope) -> dict[bytes, bytes]:
    names = (REQUEST_ID, b"traceparent", b"prefer")
    return {name: value for name, value in scope["headers"] if name in names}


def _span(scope: Scope, sent: dict[bytes, bytes]) -> AbstractContextManager[tracing.Span]:
    if scope["path"].startswith(_HEALTH):
        return tracing.NO_SPAN
    parent = sent.get(b"traceparent", b"").decode("latin-1")
    return tracing.span("request", "server", parent, {"http.request.method": scope["method"]})


def _operation(scope: Scope) -> tuple[str, str]:
    """The operation's id and its path with the parameters' names, once the app has found it."""
    route = scope.get("route")
    operation = getattr(route, "operation_id", None)
    return (operation, route.path) if route and operation else (UNKNOWN, UNKNOWN)


def _log(operation: str, method: str, route: str, status: int, seconds: float) -> None:
    level = logging.DEBUG if route.startswith(_HEALTH) else logging.INFO
    if logger.isEnabledFor(level):
        milliseconds = round(seconds * 1000, 1)
        its = fields(operation=operation, method=method, status=status, duration_ms=milliseconds)
        logger.log(level, "%s %s: %d in %.1f ms", method, route, status, milliseconds, extra=its)
