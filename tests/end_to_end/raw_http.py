"""HTTP by the byte, as no client library would send it."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import httpx

BOUNDARY = "x"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
END = b"\r\n--x--\r\n"


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: the connection was closed without a word."""

    status: int
    text: bytes

    @property
    def refused(self) -> bool:
        """Whether the sender was told that it is their fault, or left alone."""
        return self.status == 0 or 400 <= self.status < 500


def head(*fields: str, target: str = "/v1/jobs", method: str = "POST") -> bytes:
    """A request's head."""
    return "\r\n".join([f"{method} {target} HTTP/1.1", "host: here", *fields, "", ""]).encode()


def form_head(length: int, *fields: str) -> bytes:
    """The head of a form that has, or is said to have, so many bytes."""
    return head(f"content-type: {FORM}", f"content-length: {length}", *fields)


def connect(url: httpx.URL) -> socket.socket:
    """A connection that gives up after half a minute."""
    return socket.create_connection((url.host, url.port or 80), timeout=30)


def send(url: httpx.URL, pieces: Iterable[bytes], *, hang_up: bool = False) -> Answer:
    """Send, as long as anybody listens, and give the whole answer."""
    with connect(url) as connection:
        with suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
        return read(connection)


def read(connection: socket.socket) -> Answer:
    """The answer, until the other side closes, or it is whole and the connection stays open."""
    text = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            text += piece
            before, separator, body = text.partition(b"\r\n\r\n")
            length = before.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if separator and length and len(body) >= int(length):
                break
    return Answer(int(text.split(b" ", 2)[1]) if text else 0, text)
