"""Many uploads at once, by raw sockets: little code between one and the next."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.end_to_end.raw_http import END, PART, form_head

_PATIENCE_S = 120.0  # with one answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one upload; status 0: nothing."""

    status: int = 0
    code: str = ""
    retry_after_s: int = 0
    job_id: str = ""


async def flood(
    url: str, recording: bytes, count: int, connections: int, fields: Sequence[str] = ()
) -> list[Answer]:
    """Send a recording `count` times, over so many connections at once, a new one each time."""
    parts = urlsplit(url)
    request = form_head(len(PART + recording + END), "connection: close", *fields)
    request += PART + recording + END
    gate = asyncio.Semaphore(connections)

    async def send() -> Answer:
        async with gate, asyncio.timeout(_PATIENCE_S):
            return await _upload(parts.hostname or "", parts.port or 80, request)

    return await asyncio.gather(*(send() for _ in range(count)))


async def _upload(host: str, port: int, request: bytes) -> Answer:
    reader, writer = await asyncio.open_connection(host, port)
    answer = b""
    with suppress(ConnectionError):  # who is refused in the middle may find the answer all the same
        writer.write(request)
        await writer.drain()
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            answer += piece
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return _read(answer)


def _read(answer: bytes) -> Answer:
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head:
        return Answer()
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    told = json.loads(body)
    return Answer(
        status=int(head.split(b" ", 2)[1]),
        code=told.get("code", ""),
        retry_after_s=int(fields.get(b"retry-after", b"0")),
        job_id=told.get("id", ""),
    )
