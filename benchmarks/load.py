"""Load on an HTTP server by raw sockets: little code between one request and the next."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter
from typing import cast

_PATIENCE_S = 30.0  # with answers that are late

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass
class Outcome:
    """What one round has measured."""

    seconds: float
    latencies_s: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies_s) / self.seconds

    def percentile_ms(self, percent: int) -> float:
        """Of the latencies."""
        return quantiles(self.latencies_s, n=100)[percent - 1] * 1000


class Sender(asyncio.Protocol):
    """One connection: sends a request, and says when it is answered."""

    def __init__(self, answered: Callable[[Sender, int], None]) -> None:
        self._answered = answered
        self._received = b""
        self._whole = 0
        self.due = 0.0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to send."""
        self.transport = cast(asyncio.Transport, transport)

    def send(self, request: bytes, due: float) -> None:
        """Send a request that was due at a time."""
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect the answer."""
        self._received += data
        if not self._whole:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            length = _LENGTH.search(self._received, 0, end)
            self._whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._received) >= self._whole:
            status = int(self._received[9:12])
            self._received, self._whole = b"", 0
            self._answered(self, status)


async def closed_loop(
    host: str, port: int, request: bytes, connections: int, seconds: float
) -> Outcome:
    """Each connection sends its next request when the one before is answered."""
    outcome = Outcome(seconds)
    end = perf_counter() + seconds

    def answered(sender: Sender, status: int) -> None:
        now = perf_counter()
        if now > end:
            return
        _note(outcome, status, now - sender.due)
        sender.send(request, now)

    senders = await _connect(host, port, connections, answered)
    for sender in senders:
        sender.send(request, perf_counter())
    await asyncio.sleep(end - perf_counter())
    _close(senders)
    return outcome


async def open_loop(
    host: str, port: int, request: bytes, connections: int, seconds: float, rate: float
) -> Outcome:
    """Requests come at a constant rate, whatever the answers; each waits for a free connection.

    Latencies run from when a request was due, so that waiting counts.
    """
    outcome = Outcome(seconds)
    waiting: deque[float] = deque()

    def answered(sender: Sender, status: int) -> None:
        _note(outcome, status, perf_counter() - sender.due)
        if waiting:
            sender.send(request, waiting.popleft())
        else:
            free.append(sender)

    free = await _connect(host, port, connections, answered)
    senders = list(free)
    began = perf_counter()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - perf_counter()))
        if free:
            free.pop().send(request, due)
        else:
            waiting.append(due)
    while len(free) < connections and perf_counter() < began + seconds + _PATIENCE_S:
        await asyncio.sleep(0.01)
    outcome.failures += len(waiting) + connections - len(free)
    _close(senders)
    return outcome


def _note(outcome: Outcome, status: int, latency_s: float) -> None:
    outcome.latencies_s.append(latency_s)
    outcome.failures += status >= 300


async def _connect(
    host: str, port: int, connections: int, answered: Callable[[Sender, int], None]
) -> list[Sender]:
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Sender(answered), host, port)
        for _ in range(connections)
    ]
    return [sender for _, sender in made]


def _close(senders: list[Sender]) -> None:
    for sender in senders:
        sender.transport.abort()
