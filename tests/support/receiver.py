"""Somebody's server that is told by webhooks, and answers as the test wants."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Call:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer, given once `when` is set."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    when: threading.Event | None = None


class Receiver:
    """Gives the `replies` one after the other, and then `204` to everybody."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.replies: deque[Reply] = deque()
        self.port = 0
        self._called = threading.Condition()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Where it is told."""
        return f"http://{host}:{self.port}{path}"

    def wait_for(self, count: int, path: str | None = None, timeout_s: float = 40) -> list[Call]:
        """The calls, when there are that many."""
        with self._called:
            enough = self._called.wait_for(lambda: len(self._to(path)) >= count, timeout_s)
            assert enough, f"{len(self._to(path))} calls, not {count}"
            return self._to(path)

    def take(self, call: Call) -> Reply:
        """Note a call; its reply."""
        with self._called:
            self.calls.append(call)
            self._called.notify_all()
            return self.replies.popleft() if self.replies else Reply()

    def _to(self, path: str | None) -> list[Call]:
        return [call for call in self.calls if path in (None, call.path)]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One, on all of this machine's IPv4 addresses."""
    own = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = own.take(Call(self.path, headers, body))
            if reply.when is not None:
                reply.when.wait(60)
            with suppress(ConnectionError):  # nobody waits any more
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("0.0.0.0", 0), Handler) as server:
        own.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield own
        server.shutdown()
        thread.join()
