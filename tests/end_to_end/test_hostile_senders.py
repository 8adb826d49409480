"""Whoever sends badly is refused or cut off, at little cost to the gateway and none to others."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from statistics import median
from threading import Event, Thread
from time import perf_counter

import psutil
import pytest

from tests.end_to_end import raw_http
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.processes import eventually
from tests.end_to_end.raw_http import END, FORM, PART, Answer, head

HEAD_TIMEOUT_S = 1.0
BODY_TIMEOUT_S = 2.5
MAX_INCOMING = 32 * 1024**2
RECORDING = b"RIFF....WAVE" + bytes(1000)
MEGABYTE = 1024**2


@pytest.fixture(scope="module")
def gateway(redis_server_url: str) -> Iterator[GatewayAlone]:
    settings = {
        "HEAD_TIMEOUT_S": str(HEAD_TIMEOUT_S),
        "BODY_TIMEOUT_S": str(BODY_TIMEOUT_S),
        "MAX_INCOMING_BYTES": str(MAX_INCOMING),
    }
    with gateway_alone(redis_server_url, **settings) as alone:
        assert alone.client.post(RECORDING).status_code == 202
        yield alone


def send(gateway: GatewayAlone, *pieces: bytes, hang_up: bool = False) -> Answer:
    return raw_http.send(gateway.client.http.base_url, pieces, hang_up=hang_up)


def memory(gateway: GatewayAlone) -> int:
    rss: int = psutil.Process(gateway.program.process.pid).memory_info().rss
    return rss


@contextmanager
def somebody_else(gateway: GatewayAlone) -> Iterator[list[float]]:
    """The seconds that another client's requests take meanwhile."""
    done = Event()
    seconds: list[float] = []

    def ask() -> None:
        while not done.wait(0.01) or len(seconds) < 3:
            began = perf_counter()
            assert gateway.client.http.get("/v1/jobs").status_code == 200
            seconds.append(perf_counter() - began)

    thread = Thread(target=ask)
    thread.start()
    yield seconds
    done.set()
    thread.join(30)
    assert median(seconds) < 0.25


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", PART + RECORDING + END),
        ("multipart/form-data; boundary=", PART + RECORDING + END),
        ("multipart/form-data; boundary=other", PART + RECORDING + END),
        (f"multipart/form-data; boundary={'x' * 5000}", PART + RECORDING + END),
        ("multipart/form-data; boundary=\xff", PART + RECORDING + END),
        (FORM, PART + RECORDING),
        (FORM, PART.replace(b"\r\n", b"\n") + RECORDING + END),
        (FORM, b"--x\r\nContent-Disposition: " + b"a" * MEGABYTE + END),
        (FORM, b"--x\r\n" + b"X-Header: a\r\n" * 50_000 + b"\r\n" + END),
        (FORM, (PART + b"a\r\n") * 5000 + END),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 5000 + END),
        (FORM, b"--x\r\n\r\n" * 5000 + END),
        (FORM, b""),
    ],
)
def test_a_malformed_form_is_refused(gateway: GatewayAlone, content_type: str, body: bytes) -> None:
    fields = (f"content-type: {content_type}", f"content-length: {len(body)}")
    answer = send(
        gateway,
        "\r\n".join(["POST /v1/jobs HTTP/1.1", "host: a", *fields, "", ""]).encode("latin-1"),
        body,
    )
    assert 400 <= answer.status < 500, answer.text[:500]
    assert b"application/problem+json" in answer.text


@pytest.mark.parametrize(
    "request_",
    [
        [head(f"content-type: {FORM}", "content-length: 10"), PART + RECORDING + END],
        [head(f"content-type: {FORM}", "content-length: -1"), PART + RECORDING + END],
        [head(f"content-type: {FORM}", "content-length: ten"), PART + RECORDING + END],
        [head(f"content-type: {FORM}", "content-length: 9", "content-length: 10"), PART],
        [head(f"content-type: {FORM}", "content-length: " + "9" * 30), PART],
        [
            head(f"content-type: {FORM}", "content-length: 9", "transfer-encoding: chunked"),
            b"0\r\n\r\n",
        ],
        [head(f"content-type: {FORM}", "transfer-encoding: chunked"), b"zz\r\n"],
        [head(f"content-type: {FORM}", "transfer-encoding: chunked"), b"5\r\n" + PART],
        [head(f"content-type: {FORM}", "transfer-encoding: chunked"), b"f" * 20 + b"\r\n" + PART],
        [
            head(f"content-type: {FORM}", "transfer-encoding: gzip, chunked"),
            b"4\r\nabcd\r\n0\r\n\r\n",
        ],
        [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)],
        [b"GET / HTTP/9.9\r\n\r\n"],
    ],
)
def test_wrong_lengths_and_lies_are_refused(gateway: GatewayAlone, request_: list[bytes]) -> None:
    answer = send(gateway, *request_)
    assert answer.refused, answer.text[:500]


@pytest.mark.parametrize("sent", [0, 1, len(PART), len(PART) + 500])
def test_who_hangs_up_in_the_middle_leaves_nothing(gateway: GatewayAlone, sent: int) -> None:
    body = PART + RECORDING + END
    before = len(gateway.client.http.get("/v1/jobs").json()["jobs"])
    fields = (f"content-type: {FORM}", f"content-length: {len(body)}")
    for hang_up in (True, False):
        with raw_http.connect(gateway.client.http.base_url) as connection:
            connection.sendall(head(*fields) + body[:sent])
            if hang_up:
                connection.shutdown(1)
                assert raw_http.read(connection).refused
    assert len(gateway.client.http.get("/v1/jobs").json()["jobs"]) == before


def endless(*begin: bytes, piece: bytes) -> Iterator[bytes]:
    yield from begin
    yield from itertools.repeat(piece)


@pytest.mark.parametrize(
    "pieces",
    [
        endless(b"GET /v1/jobs HTTP/1.1\r\n", piece=b"X-Header: a\r\n" * 5000),
        endless(b"GET /v1/jobs HTTP/1.1\r\nX: ", piece=b"a" * 65536),
        endless(b"GET /", piece=b"a" * 65536),
        endless(
            head(f"content-type: {FORM}", "transfer-encoding: chunked"), piece=b"1;" + b"a" * 65536
        ),
        endless(
            head(f"content-type: {FORM}", "transfer-encoding: chunked"),
            b"a\r\n--x\r\nX-Y: \r\n",
            piece=b"10000\r\n" + b"a" * 65536 + b"\r\n",
        ),
        endless(
            head(f"content-type: {FORM}", "transfer-encoding: chunked"),
            b"0\r\n",
            piece=b"X-Trailer: a\r\n" * 5000,
        ),
        endless(head("content-length: 999999999", method="GET"), piece=b"a" * 65536),
    ],
    ids=[
        "headers",
        "header",
        "target",
        "chunk-extension",
        "part-header",
        "trailers",
        "unread-body",
    ],
)
def test_what_has_no_end_is_cut_off(gateway: GatewayAlone, pieces: Iterator[bytes]) -> None:
    before = memory(gateway)
    with somebody_else(gateway):
        raw_http.send(gateway.client.http.base_url, pieces)
    assert memory(gateway) - before < 20 * MEGABYTE


def test_slow_senders_are_timed_out_and_hurt_nobody(gateway: GatewayAlone) -> None:
    url = gateway.client.http.base_url
    body_head = head(f"content-type: {FORM}", "content-length: 100000") + PART
    before = memory(gateway)

    async def send_slowly(first: bytes) -> tuple[float, bytes]:
        reader, writer = await asyncio.open_connection(url.host, url.port)
        began = perf_counter()
        writer.write(first)
        answer = asyncio.ensure_future(reader.read(4096))
        with suppress(ConnectionError):
            while not answer.done():
                await asyncio.wait([answer], timeout=0.5)
                writer.write(b"a")
        seconds = perf_counter() - began
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        return seconds, await answer

    async def many() -> list[tuple[float, bytes]]:
        firsts = [b"", b"GET /v1/jobs HTTP/1.1\r\nX: ", body_head] * 100
        return await asyncio.gather(*(send_slowly(first) for first in firsts))

    with somebody_else(gateway):
        ended = asyncio.run(many())
    assert memory(gateway) - before < 30 * MEGABYTE
    for seconds, answer in ended:
        assert seconds < 8 * BODY_TIMEOUT_S
        assert not answer or answer.startswith((b"HTTP/1.1 408", b"HTTP/1.1 400"))
    # Whoever goes on sending may lose the answer with the connection.
    assert any(b'"request_timeout"' in answer for _, answer in ended[1::3])
    assert any(b'"request_timeout"' in answer for _, answer in ended[2::3])


def test_who_does_not_take_answers_is_cut_off(gateway: GatewayAlone) -> None:
    url = gateway.client.http.base_url
    ask = b"GET /openapi.json HTTP/1.1\r\nhost: here\r\n\r\n"
    before = memory(gateway)
    with ExitStack() as stack, somebody_else(gateway):
        deaf = [stack.enter_context(raw_http.connect(url)) for _ in range(20)]
        for connection in deaf:
            # More than the system's own buffers hold, and one that is closed as it should be.
            connection.sendall(
                ask * 60 + ask.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
            )
        process = psutil.Process(gateway.program.process.pid)
        ports = {connection.getsockname()[1] for connection in deaf}

        def gone() -> bool:
            left = {its.raddr.port for its in process.net_connections("tcp") if its.raddr}
            return not ports & left

        eventually(gone, 4 * BODY_TIMEOUT_S, "all are cut off")
        assert memory(gateway) - before < 20 * MEGABYTE


def test_who_takes_answers_slowly_gets_them_whole(gateway: GatewayAlone) -> None:
    url = gateway.client.http.base_url
    whole = gateway.client.http.get("/openapi.json").content
    ask = b"GET /openapi.json HTTP/1.1\r\nhost: here\r\n\r\n"
    with raw_http.connect(url) as connection:
        connection.sendall(ask * 60)  # more than the system's own buffers hold
        began = perf_counter()
        pieces: list[bytes] = []
        while sum(map(len, pieces)) < 60 * len(whole):
            pieces.append(connection.recv(65536))
            assert pieces[-1]
            Event().wait(0.04)
    assert b"".join(pieces).count(whole) >= 59  # the last one's end may be on its way
    assert perf_counter() - began > BODY_TIMEOUT_S  # longer than any one of them may take


def test_stalled_uploads_take_no_more_memory_than_they_may(gateway: GatewayAlone) -> None:
    big = b"RIFF....WAVE" + bytes(9 * MEGABYTE)
    request = head(f"content-type: {FORM}", f"content-length: {10 * MEGABYTE}") + PART + big
    before = memory(gateway)

    def refused() -> bool:
        answer = gateway.client.post(big)
        return (answer.status_code, answer.json().get("code")) == (503, "uploads_full")

    with ExitStack() as stack:
        url = gateway.client.http.base_url
        stalled = [stack.enter_context(raw_http.connect(url)) for _ in range(3)]
        for connection in stalled:
            connection.sendall(request)
        eventually(refused, BODY_TIMEOUT_S, "the fourth is refused")
        assert gateway.client.post(RECORDING).status_code == 202  # there is room for a small one
        assert memory(gateway) - before < 4 * MAX_INCOMING
        for connection in stalled:
            assert raw_http.read(connection).status == 408
    assert gateway.client.post(big).status_code == 202  # and all of it is free again
