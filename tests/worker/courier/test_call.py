"""Calls to real servers in this process; names are made up at the one seam, `getaddrinfo`."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
import trustme

from worker.courier.addresses import AllowList
from worker.courier.call import Answer, Caller

TIMEOUT_S = 10.0
T = TypeVar("T")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each request alike and keeps its head."""

    def __init__(self, answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n") -> None:
        self.answer = answer
        self.heads: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head.decode())
            writer.write(self.answer)
            await writer.drain()


class Listening:
    """Servers in this process, until the test ends."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def open(
        self, serve: Serve, address: str, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> int:
        """Listen; give the port."""

        async def until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
            try:
                await serve(reader, writer)
            finally:
                writer.close()
                with suppress(ConnectionError, ssl.SSLError):
                    await writer.wait_closed()

        server = await asyncio.start_server(until_closed, address, port, ssl=tls)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Let go of the ports and of who is connected."""
        for server in self._servers:
            server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


def _run(scenario: Callable[[Listening], Awaitable[T]]) -> T:
    async def run() -> T:
        listening = Listening()
        try:
            return await scenario(listening)
        finally:
            await listening.close()

    return asyncio.run(run())


def _call(caller: Caller, url: str, timeout_s: float = TIMEOUT_S) -> Awaitable[Answer]:
    deadline = asyncio.get_running_loop().time() + timeout_s
    return caller.call(url, b"{}", {"content-type": "application/json"}, deadline)


def _caller(*allowed: str) -> Caller:
    return Caller(AllowList(allowed), TIMEOUT_S)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What each name resolves to, one answer after the other; the last one stays."""
    answers: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in answers:
            return real(host, port, *args, **kwargs)
        addresses = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        found = []
        for address in addresses.split():
            found += real(address, port, *args, **kwargs)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return answers


def test_a_name_that_changes_after_the_check_gains_nothing(names: dict[str, list[str]]) -> None:
    async def scenario(listening: Listening) -> None:
        outside, inside = Server(), Server()
        port = await listening.open(outside, "127.0.0.2")
        await listening.open(inside, "127.0.0.1", port)
        caller = _caller("127.0.0.2")

        names["rebinding.test"] = ["127.0.0.2", "127.0.0.1"]
        assert (await _call(caller, f"http://rebinding.test:{port}/")).code == "204"
        assert (await _call(caller, f"http://rebinding.test:{port}/")).code == "address_refused"

        assert (len(outside.heads), len(inside.heads)) == (1, 0)
        assert f"\r\nHost: rebinding.test:{port}\r\n" in outside.heads[0]

    _run(scenario)


def test_of_several_addresses_those_that_may_are_called(names: dict[str, list[str]]) -> None:
    async def scenario(listening: Listening) -> None:
        outside, inside = Server(), Server()
        port = await listening.open(outside, "127.0.0.3")
        await listening.open(inside, "127.0.0.1", port)

        # Nobody listens on the second.
        names["several.test"] = ["127.0.0.1 127.0.0.2 127.0.0.3"]
        answer = await _call(_caller("127.0.0.2/31"), f"http://several.test:{port}/")

        assert answer.code == "204"
        assert (len(outside.heads), len(inside.heads)) == (1, 0)

    _run(scenario)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
    ],
)
def test_this_machine_is_not_called_by_any_of_its_names(host: str) -> None:
    async def scenario(listening: Listening) -> None:
        server = Server()
        port = await listening.open(server, "")

        answer = await _call(_caller(), f"http://{host}:{port}/")

        assert answer.code in ("address_refused", "name_not_resolved", "invalid_url")
        assert server.heads == []

    _run(scenario)


def _tls_of(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("certified", "code"), [("hooks.test", "204"), ("other.test", "tls_failed")]
)
def test_tls_is_with_the_name_and_not_with_the_address(
    names: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    certified: str,
    code: str,
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    names["hooks.test"] = ["127.0.0.1"]

    async def scenario(listening: Listening) -> None:
        server, asked_for = Server(), []
        tls = _tls_of(authority, certified)
        tls.sni_callback = lambda _socket, name, _context: asked_for.append(name)
        port = await listening.open(server, "127.0.0.1", tls=tls)

        answer = await _call(_caller("hooks.test"), f"https://hooks.test:{port}/")

        assert answer.code == code
        assert asked_for == ["hooks.test"]
        assert len(server.heads) == (code == "204")

    _run(scenario)


def test_an_unknown_authority_is_not_trusted() -> None:
    async def scenario(listening: Listening) -> None:
        server = Server()
        port = await listening.open(server, "127.0.0.1", tls=_tls_of(trustme.CA(), "localhost"))
        answer = await _call(_caller("localhost"), f"https://localhost:{port}/")
        assert (answer.code, server.heads) == ("tls_failed", [])

    _run(scenario)


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(listening: Listening) -> None:
        server, proxy = Server(), Server()
        port = await listening.open(server, "127.0.0.1")
        proxy_port = await listening.open(proxy, "127.0.0.1")
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy_port}")

        answer = await _call(_caller("127.0.0.1"), f"http://127.0.0.1:{port}/")

        assert (answer.code, len(server.heads), proxy.heads) == ("204", 1, [])

    _run(scenario)


def _answer_of(answer: bytes, timeout_s: float = TIMEOUT_S) -> Answer:
    async def scenario(listening: Listening) -> Answer:
        port = await listening.open(Server(answer), "127.0.0.1")
        return await _call(_caller("127.0.0.1"), f"http://127.0.0.1:{port}/", timeout_s)

    return _run(scenario)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        # A body is not waited for: this one never comes.
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", "200"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip..", "200"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "302"),
        (b"", "protocol_error"),
        (b"SMTP ready\r\n\r\n", "protocol_error"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000, "protocol_error"),
    ],
)
def test_whatever_is_answered_has_a_code(answer: bytes, code: str) -> None:
    assert _answer_of(answer).code == code


def test_a_receiver_can_ask_for_time() -> None:
    assert _answer_of(b"HTTP/1.1 429 No\r\nRetry-After: 30\r\n\r\n") == Answer("429", 30.0)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://nobody.invalid/", "name_not_resolved"),
        ("http://" + "a" * 64 + ".test/", "name_not_resolved"),
        ("http://a..b/", "name_not_resolved"),
        ("http://127.0.0.1:1/", "connection_failed"),
    ],
)
def test_a_call_that_reaches_nobody_has_a_code(url: str, code: str) -> None:
    async def scenario(listening: Listening) -> None:
        assert (await _call(_caller("127.0.0.1"), url)).code in (code, "invalid_url")

    _run(scenario)


@pytest.mark.parametrize(
    "parts", [[], [b"HTTP/1.1 ", *[b"2"] * 1000], [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 1000]]
)
def test_who_trickles_is_cut_off_in_time(parts: Iterable[bytes]) -> None:
    async def scenario(listening: Listening) -> None:
        async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.02)
                await reader.read()  # all of the request, and then until the other side closes

        port = await listening.open(trickle, "127.0.0.1")
        loop = asyncio.get_running_loop()
        began = loop.time()

        answer = await _call(_caller("127.0.0.1"), f"http://127.0.0.1:{port}/", 0.3)

        assert answer.code == "timeout"
        assert 0.3 <= loop.time() - began < 5

    _run(scenario)
