"""A network between a worker and Redis that can be cut, or fall silent: a TCP proxy."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

_BLOCK = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a close resets

T = TypeVar("T")


class _Wire:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter) -> None:
        self.near = near
        self.far: asyncio.StreamWriter | None = None
        self.pumps: list[asyncio.Task[None]] = []

    def silence(self) -> None:
        """Pass nothing on any more, and tell neither side."""
        for pump in self.pumps:
            pump.cancel()

    def reset(self) -> None:
        """Tell both sides the hard way."""
        self.silence()
        for end in filter(None, (self.near, self.far)):
            connection: socket.socket = end.get_extra_info("socket")
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.transport.abort()


class Network:
    """Leads from a TCP port to a Unix socket, in a thread of its own."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._state = "whole"
        self._wires: set[_Wire] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._connected, "127.0.0.1", 0), self._loop
        ).result()
        self.port = int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Reset every connection, and each new one at once."""
        self._do(lambda: self._become("cut"))

    def fall_silent(self) -> None:
        """Swallow whatever is sent. Connections of this time stay dead for ever."""
        self._do(lambda: self._become("silent"))

    def mend(self) -> None:
        """Let new connections through."""
        self._do(lambda: self._become("whole"))

    def close(self) -> None:
        """End it, and the connections with it."""
        self._do(lambda: self._become("cut"))
        self._do(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _become(self, state: str) -> None:
        self._state = state
        for wire in list(self._wires):
            if state == "silent":
                wire.silence()
            elif state == "cut":
                wire.reset()
                self._wires.discard(wire)

    async def _connected(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        wire = _Wire(near)
        self._wires.add(wire)
        if self._state == "cut":
            wire.reset()
        if self._state != "whole":
            return
        try:
            far_reader, wire.far = await asyncio.open_unix_connection(self._target)
        except OSError:  # Redis is dead at the moment
            wire.reset()
            return
        wire.pumps = [
            asyncio.create_task(self._pump(wire, reader, wire.far)),
            asyncio.create_task(self._pump(wire, far_reader, near)),
        ]
        if self._state == "silent":
            wire.silence()

    async def _pump(
        self, wire: _Wire, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await source.read(_BLOCK):
                sink.write(data)
                await sink.drain()
        wire.reset()
        self._wires.discard(wire)

    def _do(self, action: Callable[[], T]) -> None:
        done = threading.Event()

        def act() -> None:
            action()
            done.set()

        self._loop.call_soon_threadsafe(act)
        assert done.wait(10)
