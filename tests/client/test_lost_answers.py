"""A way to the real service on which answers get lost: what was asked for still happens once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from tests.client.both_clients import Kind, either_client
from tests.end_to_end.processes import Service


class LossyProxy(ThreadingHTTPServer):
    """Passes requests on, and cuts the connection instead of the first `losses` answers."""

    daemon_threads = True

    def __init__(self, service: str, losses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service
        self.losses = losses

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LossyProxy

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        url = self.server.service + self.path
        answer = httpx.request(self.command, url, content=body, headers=dict(self.headers))
        if self.server.losses > 0:
            self.server.losses -= 1
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_DELETE = _pass_on  # noqa: N815 -- http.server's names

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def lossy(service: Service, losses: int) -> Iterator[LossyProxy]:
    """A proxy from its start to its end."""
    with LossyProxy(service.url, losses) as proxy:
        thread = Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()


def test_a_recording_becomes_one_job(
    kind: Kind, running_service: Service, recordings: list[Path]
) -> None:
    with (
        either_client(kind, running_service.url) as direct,
        lossy(running_service, 3) as proxy,
        either_client(kind, proxy.url) as client,
    ):
        before = {job.id for job in direct.jobs()}
        diagnosis = client.diagnose(recordings[4])
        assert {job.id for job in direct.jobs()} - before == {diagnosis.job_id}


def test_a_job_is_deleted_and_that_is_no_error(
    kind: Kind, running_service: Service, recordings: list[Path]
) -> None:
    with (
        either_client(kind, running_service.url) as direct,
        lossy(running_service, 1) as proxy,
        either_client(kind, proxy.url) as client,
    ):
        job = direct.submit(recordings[5])
        client.delete(job.id)
        assert job.id not in {job.id for job in direct.jobs()}
