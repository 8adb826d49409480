"""A real HTTP server on a socket that answers by a script: what no healthy service does."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

JOB: Final[Mapping[str, Any]] = {
    "id": "0" * 32,
    "status": "queued",
    "created_at": "2026-11-23T07:43:33.361000Z",
    "started_at": None,
    "finished_at": None,
    "model": {"name": "sick-sounds", "version": "2.0.0"},
    "result": None,
    "error": None,
    "links": {"self": f"/v1/jobs/{'0' * 32}"},
}
RESULT: Final[Mapping[str, Any]] = {
    "diagnosis": "sick",
    "score": 0.93,
    "probabilities": {"sick": 0.93, "not sick": 0.07},
    "audio": {"duration_s": 5.016, "sample_rate": 48000, "channels": 1, "format": "webm"},
    "warnings": ["too_quiet"],
    "timings_ms": {"decode": 3.9, "spectrogram": 2.3, "inference": 7.4, "total": 13.7},
    "disclaimer": "Research software, not a medical device.",
}
ENDED: Final[Mapping[str, Any]] = {**JOB, "status": "succeeded", "result": RESULT}


@dataclass(frozen=True)
class Answer:
    """What is answered; `drop`: nothing, the connection is cut."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False


DROP: Final = Answer(drop=True)


def problem(status: int, code: str, **headers: str) -> Answer:
    """A problem; header names with `_` for `-`."""
    body = {
        "type": f"urn:cough:{code}",
        "title": code,
        "status": status,
        "detail": "so",
        "code": code,
    }
    return Answer(status, body, {name.replace("_", "-"): its for name, its in headers.items()})


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class ScriptedServer(ThreadingHTTPServer):
    """Gives the script's answers in turn, the last one for ever, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self, script: Sequence[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = list(script)
        self.requests: list[Request] = []

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        script, requests = self.server.script, self.server.requests
        answer = script[min(len(requests), len(script) - 1)]
        requests.append(Request(self.command, self.path, headers, body))
        if answer.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        data = b"" if answer.status in (204, 304) else text.encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 -- http.server's names

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def scripted(*script: Answer) -> Iterator[ScriptedServer]:
    """A server from its start to its end."""
    with ScriptedServer(script) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
