"""Somebody who collects traces: OTLP over HTTP, in this process."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


@dataclass(frozen=True)
class Collected:
    """One span, as it arrived."""

    program: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    failed: bool
    attributes: dict[str, str | int]


class Collector:
    """What has arrived so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._spans: list[Collected] = []
        self._changed = threading.Condition()

    def take(self, request: ExportTraceServiceRequest) -> None:
        """A batch has arrived."""
        with self._changed:
            for resource in request.resource_spans:
                (program,) = (
                    pair.value.string_value
                    for pair in resource.resource.attributes
                    if pair.key == "service.name"
                )
                for scope in resource.scope_spans:
                    self._spans += [_collected(program, span) for span in scope.spans]
            self._changed.notify_all()

    def trace(self, *names: str, trace_id: str = "", timeout_s: float = 30) -> list[Collected]:
        """The spans of one trace, when those of these names are among them."""

        def found() -> list[Collected] | None:
            for one in {span.trace_id for span in self._spans}:
                spans = [span for span in self._spans if span.trace_id == one]
                if trace_id in ("", one) and set(names) <= {span.name for span in spans}:
                    return spans
            return None

        with self._changed:
            spans = self._changed.wait_for(found, timeout_s)
        seen = [(span.trace_id, span.program, span.name) for span in self._spans]
        assert spans, f"no trace with {names}, but {seen}"
        return spans


def _collected(program: str, span: Span) -> Collected:
    return Collected(
        program=program,
        name=span.name,
        kind=Span.SpanKind.Name(span.kind),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        attributes={
            pair.key: pair.value.string_value or pair.value.int_value for pair in span.attributes
        },
    )


@contextmanager
def collector() -> Iterator[Collector]:
    """One that listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            own.take(ExportTraceServiceRequest.FromString(body))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield own
    server.shutdown()
    thread.join()
    server.server_close()
