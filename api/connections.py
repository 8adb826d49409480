"""What a connection may cost beside the app's work: time and memory.

Uvicorn bounds neither. All that the app can see, it bounds itself (`api/bodies.py`).
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.metrics import count_request
from api.observation import REQUEST_ID, UNKNOWN
from shared.telemetry.correlation import new_request_id
from shared.telemetry.logs import fields

MAX_FRAMING_BYTES: Final = 64 * 1024  # and what is read at once beyond
_LINGER_S: Final = 2.0
_ONE_WRITE_BYTES: Final = 4096  # of an answer and its headers are sent in one go

logger = logging.getLogger(__name__)


class Connection(HttpToolsProtocol):
    """HTTP/1.1 by uvicorn, which closes on who takes too long, or too much, to frame a request.

    The time runs from when we owe nothing, which is at the connection's beginning and after each
    answer, until a request's head is whole. What is left of a body that nobody has read has to come
    in that time, too. Idle connections are closed earlier, by uvicorn.

    All that is not body, such as headers, trailers and the sizes of chunks, may have 64 KiB, and as
    much again as the body.

    Who does not take an answer is cut off: what the system's buffers do not hold of it has to go
    out in `answer_timeout_s`.

    When the server is to stop, a request that is on its way here is answered all the same: who is
    connected has some time to send one, and is told with its answer to connect elsewhere.
    """

    head_timeout_s: float
    answer_timeout_s: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._framing_bytes = 0  # minus those of the body
        self._unread_timer: asyncio.TimerHandle | None = None
        self._stopping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.transport.set_write_buffer_limits(high=_ONE_WRITE_BYTES)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._wait_no_more()
        self._all_is_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Something of an answer has not been taken yet."""
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        """Almost all of it has."""
        self._all_is_read()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Count what is not body."""
        self._framing_bytes += len(data)
        super().data_received(data)
        if self._framing_bytes > MAX_FRAMING_BYTES:
            self._refuse(431, "headers_too_large", "Headers may have 64 KiB")

    def on_body(self, body: bytes) -> None:
        """What is."""
        self._framing_bytes -= 2 * len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """A request is there."""
        self._wait_no_more()
        super().on_headers_complete()
        if self._stopping:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """And now all of it is."""
        super().on_message_complete()
        self._framing_bytes = 0

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it is there already."""
        super().on_response_complete()
        self.loop.call_soon(self._look_for_unread)  # when it has been sent
        if self.cycle.response_complete and not self.transport.is_closing():
            self._wait()
            if self._stopping:
                self._linger()

    def shutdown(self) -> None:
        """The server is to stop: answer what is asked, and close."""
        self._stopping = True
        if self.cycle is None or self.cycle.response_started:
            self._linger()
        else:
            self.cycle.keep_alive = False

    def _linger(self) -> None:
        self.loop.call_later(_LINGER_S, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if self._timer is not None and self._framing_bytes == 0:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self._refuse(400, "bad_request", msg)

    def _wait(self) -> None:
        self._wait_no_more()
        self._timer = self.loop.call_later(self.head_timeout_s, self._too_slow)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_for_unread(self) -> None:
        """We are not told when a few bytes have not been taken."""
        if self.transport.get_write_buffer_size() == 0:
            self._all_is_read()
        else:
            self._wait_for_reader()

    def _wait_for_reader(self) -> None:
        if self._unread_timer is None:
            self._unread_timer = self.loop.call_later(self.answer_timeout_s, self._cut_off)

    def _cut_off(self) -> None:
        self._unread_timer = None
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _all_is_read(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _too_slow(self) -> None:
        if self._framing_bytes > 0:
            self._refuse(408, "request_timeout", "The request took too long to arrive")
        else:
            self.transport.close()

    def _refuse(self, status: int, code: str, title: str) -> None:
        """Answer with a problem, unless an answer is under way, and close."""
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            request_id = new_request_id()
            self.transport.write(_problem(status, code, title, request_id))
            count_request(UNKNOWN, "other", status, None)
            its = fields(request_id=request_id, status=status)
            logger.info("a connection was refused: %d, %s", status, code, extra=its)
        self.transport.close()


def connection_class(head_timeout_s: float, answer_timeout_s: float) -> type[Connection]:
    """For uvicorn: a connection whose requests' heads and whose answers have so much time."""
    timeouts = {"head_timeout_s": head_timeout_s, "answer_timeout_s": answer_timeout_s}
    return type("Connection", (Connection,), timeouts)


def _problem(status: int, code: str, title: str, request_id: str) -> bytes:
    """The app's problems in short: there is no request that the app could answer."""
    problem = {"type": f"urn:cough:{code}", "title": title, "status": status}
    body = json.dumps({**problem, "detail": "The connection is closed", "code": code}).encode()
    head = (
        f"HTTP/1.1 {status} \r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\n{REQUEST_ID.decode()}: {request_id}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
