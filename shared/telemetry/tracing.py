"""Traces, if somebody collects them. Otherwise nothing is loaded, and a span is next to nothing.

`shared/telemetry/opentelemetry_sdk.py` does the work.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Literal, Protocol

from shared.settings import Settings

Kind = Literal["server", "consumer", "client", "internal"]
Attributes = Mapping[str, str | int]

logger = logging.getLogger(__name__)


class Span(Protocol):
    """One piece of work, under way."""

    def rename(self, name: str) -> None:
        """Name it, now that it is known what it is."""

    def tell(self, attributes: Attributes) -> None:
        """Add to what is known of it."""

    def fail(self, kind: str) -> None:
        """It did not do what it was for."""


class Tracer(Protocol):
    """Makes spans and sends them to the collector."""

    def span(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes
    ) -> AbstractContextManager[Span]:
        """A span, from here to the end of the block."""

    def traceparent(self) -> str:
        """Of the span under way; empty: none is."""

    def ids(self) -> dict[str, str]:
        """Of the span under way, for the logs."""

    def close(self) -> None:
        """Send what has not been sent."""


class _NoSpan:
    def rename(self, name: str) -> None:
        """Nobody listens."""

    def tell(self, attributes: Attributes) -> None:
        """Nobody listens."""

    def fail(self, kind: str) -> None:
        """Nobody listens."""


NO_SPAN: Final = nullcontext[Span](_NoSpan())
_tracer: Tracer | None = None


def start_tracing(program: str, settings: Settings) -> None:
    """Trace from here on, if the settings name a collector. In a pool: after the fork, as spans are
    sent by a thread.
    """
    global _tracer
    if not settings.otel_exporter_otlp_endpoint:
        return
    try:
        from shared.telemetry.opentelemetry_sdk import make_tracer
    except ImportError:
        logger.warning("no traces: OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of extra 'otel'")
        return
    _tracer = make_tracer(program)


@contextmanager
def traced(program: str, settings: Settings) -> Iterator[None]:
    """Trace inside, and send the last spans at the end."""
    start_tracing(program, settings)
    try:
        yield
    finally:
        stop_tracing()


def stop_tracing() -> None:
    """Send what has not been sent."""
    if _tracer is not None:
        _tracer.close()


def enabled() -> bool:
    """Whether anybody collects."""
    return _tracer is not None


def span(
    name: str,
    kind: Kind = "internal",
    parent: str | None = None,
    attributes: Attributes | None = None,
) -> AbstractContextManager[Span]:
    """A span, from here to the end of the block; an exception that leaves it marks it as failed.

    Args:
        name: of few kinds; what differs belongs into attributes.
        kind: its place in a conversation between programs.
        parent: a `traceparent` from elsewhere, empty if there is none; None: the span under way.
        attributes: what is known from the start.
    """
    if _tracer is None:
        return NO_SPAN
    return _tracer.span(name, kind, parent, attributes or {})


def current_traceparent() -> str:
    """The W3C `traceparent` of the span under way; empty: none is."""
    return _tracer.traceparent() if _tracer is not None else ""


def current_ids() -> dict[str, str]:
    """`trace_id` and `span_id` of the span under way, if there is one."""
    return _tracer.ids() if _tracer is not None else {}
