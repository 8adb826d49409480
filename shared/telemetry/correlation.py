"""Which request, and which job, the work at hand belongs to: from HTTP to the worker and back.

A request's id goes with its job: in the job's hash, for the courier and for recovery, and in the
headers of its message, for the worker. So does the trace, if there is one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from shared.telemetry import tracing

# Room for what proxies and clients make up, but none for a line break, a quote, or one of our keys.
_SAFE: Final = re.compile(r"(?!.*(?:cough_|whsec_))[A-Za-z0-9._:=+/-]{1,128}", re.ASCII)

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_job_id: ContextVar[str] = ContextVar("job_id", default="")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a job comes from.

    Args:
        request_id: of the request that brought it; empty: unknown.
        traceparent: of that request's span (W3C Trace Context); empty: not traced.
    """

    request_id: str = ""
    traceparent: str = ""

    @property
    def fields(self) -> list[str]:
        """What its hash in the store holds: names and values, of what is known."""
        return [part for item in self.headers.items() if item[1] for part in item]

    @property
    def headers(self) -> dict[str, str]:
        """What its message carries. The values need no escaping, in JSON or elsewhere."""
        return {"request_id": self.request_id, "traceparent": self.traceparent}


UNKNOWN: Final = Origin()


def usable_request_id(sent: bytes | None) -> str:
    """The sender's own request id, if it is one that may go into logs; else a new one."""
    if sent is not None:
        value = sent.decode("latin-1")
        if _SAFE.fullmatch(value):
            return value
    return new_request_id()


def new_request_id() -> str:
    """A random one."""
    return os.urandom(16).hex()


def bind_request(request_id: str) -> None:
    """From here on, this asyncio task works for that request."""
    _request_id.set(request_id)


@contextmanager
def working_for(job_id: str, request_id: str) -> Iterator[None]:
    """What is done inside is done for that job, which that request brought."""
    request, job = _request_id.set(request_id), _job_id.set(job_id)
    try:
        yield
    finally:
        _request_id.reset(request)
        _job_id.reset(job)


def origin() -> Origin:
    """Where a job comes from that is made here and now."""
    return Origin(_request_id.get(), tracing.current_traceparent())


def correlation() -> dict[str, str]:
    """What a log line says of it."""
    known = {"request_id": _request_id.get(), "job_id": _job_id.get(), **tracing.current_ids()}
    return {name: value for name, value in known.items() if value}
