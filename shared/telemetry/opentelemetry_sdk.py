"""Spans by OpenTelemetry, sent by OTLP over HTTP. Only `start_tracing` loads this.

The SDK reads `OTEL_EXPORTER_OTLP_ENDPOINT` and its other standard variables itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.telemetry.tracing import Attributes, Kind

_KINDS: Final[dict[Kind, trace.SpanKind]] = {
    "server": trace.SpanKind.SERVER,
    "consumer": trace.SpanKind.CONSUMER,
    "client": trace.SpanKind.CLIENT,
    "internal": trace.SpanKind.INTERNAL,
}
_PROPAGATOR: Final = TraceContextTextMapPropagator()


class SdkSpan:
    """A span of the SDK's."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def rename(self, name: str) -> None:
        """Name it anew."""
        self._span.update_name(name)

    def tell(self, attributes: Attributes) -> None:
        """Add attributes."""
        self._span.set_attributes(dict(attributes))

    def fail(self, kind: str) -> None:
        """Mark it as failed. An error's text stays in the log."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(trace.StatusCode.ERROR)


class SdkTracer:
    """Makes spans, and sends them in batches by a thread of its own."""

    def __init__(self) -> None:
        self._provider = TracerProvider()
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("cough-screening")

    @contextmanager
    def span(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes
    ) -> Iterator[SdkSpan]:
        """A span, from here to the end of the block."""
        above = None
        if parent is not None:  # even an empty one: it begins a trace of its own
            above = _PROPAGATOR.extract({"traceparent": parent}, context.Context())
        with self._tracer.start_as_current_span(
            name,
            above,
            _KINDS[kind],
            dict(attributes),
            record_exception=False,
            set_status_on_exception=False,
        ) as under_way:
            ours = SdkSpan(under_way)
            try:
                yield ours
            except BaseException as error:
                ours.fail(type(error).__name__)
                raise

    def traceparent(self) -> str:
        """Of the span under way."""
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        return carrier.get("traceparent", "")

    def ids(self) -> dict[str, str]:
        """Of the span under way, in hexadecimal digits."""
        under_way = trace.get_current_span().get_span_context()
        if not under_way.is_valid:
            return {}
        return {
            "trace_id": trace.format_trace_id(under_way.trace_id),
            "span_id": trace.format_span_id(under_way.span_id),
        }

    def close(self) -> None:
        """Send what has not been sent."""
        self._provider.shutdown()


def make_tracer(program: str) -> SdkTracer:
    """For one process of a program, which collectors know as `cough-<program>`."""
    os.environ.setdefault("OTEL_SERVICE_NAME", f"cough-{program}")
    return SdkTracer()
