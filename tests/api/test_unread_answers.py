"""An answer that is not taken ends its connection, however little of it is left."""

from __future__ import annotations

import asyncio
import socket
from typing import Self

import pytest
import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from api.connections import Connection, connection_class

ANSWER_TIMEOUT_S = 0.3
LONG_S = 60.0
SMALLEST = 1  # byte: the kernel takes the least that it can do with
ASK = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with so many bytes as the path says."""
    size = int(scope["path"].removeprefix("/") or 0)
    headers = [(b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * size})


class _Served:
    """One connection, whose buffers on the way are small."""

    def __init__(self) -> None:
        kind = connection_class(head_timeout_s=LONG_S, answer_timeout_s=ANSWER_TIMEOUT_S)
        self.state = ServerState()
        config = uvicorn.Config(_app, http=kind, log_config=None, timeout_keep_alive=60)
        config.load()
        self.protocol: Connection = kind(config=config, server_state=self.state, app_state={})
        self.client = socket.socket()
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST)
        self.client.setblocking(False)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: self.protocol, "127.0.0.1", 0)
        await loop.sock_connect(self.client, self.server.sockets[0].getsockname())
        while self.protocol.transport is None:
            await asyncio.sleep(0)
        ours = self.protocol.transport.get_extra_info("socket")
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALLEST)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.client.close()
        self.server.close()

    async def ask(self, size: int) -> None:
        """Have an answer sent, as far as it can be."""
        answered = self.state.total_requests
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self.client, ASK.replace(b"/ ", b"/%d " % size))
        while self.state.total_requests == answered:
            await asyncio.sleep(0)
        for _ in range(3):  # a turn of the loop sends it
            await asyncio.sleep(0)

    async def leave_some_unsent(self, size: int) -> int:
        """Ask until the buffers are full; how many answers there are by then."""
        for answers in range(1, 10_000):
            await self.ask(size)
            if self.unsent:
                return answers
        raise AssertionError("the buffers take everything")

    @property
    def unsent(self) -> int:
        return self.protocol.transport.get_write_buffer_size()

    async def is_cut_off(self) -> bool:
        """Whether it is, in ten times as long as it may take."""
        async with asyncio.timeout(10 * ANSWER_TIMEOUT_S):
            while not self.protocol.transport.is_closing():
                await asyncio.sleep(0.01)
        return True


@pytest.mark.parametrize("size", [1000, 20_000])
def test_what_is_left_unread_is_cut_off(size: int) -> None:
    async def until_it_is() -> int:
        async with _Served() as served:
            await served.leave_some_unsent(size)
            left = served.unsent
            assert await served.is_cut_off()
            return left

    left = uvloop.run(until_it_is())
    assert (0 < left < 4096) == (size == 1000)


@pytest.mark.parametrize("size", [1000, 20_000])
def test_who_reads_in_time_stays_connected(size: int) -> None:
    async def read_all() -> None:
        loop = asyncio.get_running_loop()
        async with _Served() as served:
            for _ in range(3):
                left = size * await served.leave_some_unsent(size)
                while left > 0 or served.unsent:
                    left -= len(await loop.sock_recv(served.client, 65536))
                await asyncio.sleep(2 * ANSWER_TIMEOUT_S)
                assert not served.protocol.transport.is_closing()

    uvloop.run(read_all())
