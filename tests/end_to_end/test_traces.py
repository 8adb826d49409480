"""One trace from upload to diagnosis, and on to the webhook; nothing where nobody collects."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from shared.audio_format import AudioFormat
from shared.queue import QUEUE
from tests.end_to_end.client import Client
from tests.end_to_end.processes import REPOSITORY, Service, service
from tests.support.collector import Collected, Collector, collector
from tests.support.receiver import Receiver
from tests.support.recordings import cough, encode
from tests.support.webhooks import SECRET

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
POST = "POST /v1/jobs"


@pytest.fixture(scope="module")
def collecting() -> Iterator[Collector]:
    with collector() as own:
        yield own


@pytest.fixture(scope="module")
def traced(collecting: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collecting.url,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "LOG_FORMAT": "json",
        "WEBHOOK_SECRETS": SECRET,
        "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1",
    }
    with service(tmp_path_factory.mktemp("run"), environment) as running:
        yield running


def by_name(spans: list[Collected]) -> dict[str, Collected]:
    return {span.name: span for span in spans}


def test_one_trace_goes_from_upload_to_webhook(
    traced: Service, collecting: Collector, somebody: Receiver
) -> None:
    theirs, above = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with Client(traced.url) as client:
        response = client.post(
            RECORDING,
            headers={"traceparent": f"00-{theirs}-{above}-01"},
            webhook_url=somebody.url(),
            pictures="true",
        )
        job_id = response.json()["id"]
        client.wait(job_id)

    names = (POST, "diagnose", "decode", "spectrogram", "inference", "pictures", "webhook")
    spans = by_name(collecting.trace(*names, trace_id=theirs))

    post, attempt = spans[POST], spans["diagnose"]
    assert (post.program, post.kind, post.parent_id) == ("cough-api", "SPAN_KIND_SERVER", above)
    assert post.attributes["http.response.status_code"] == 202
    assert (attempt.program, attempt.kind) == ("cough-worker", "SPAN_KIND_CONSUMER")
    assert attempt.parent_id == post.span_id
    assert attempt.attributes["cough.job_id"] == job_id
    assert attempt.attributes["cough.outcome"] == "succeeded"
    for step in ("decode", "spectrogram", "inference", "pictures"):
        assert spans[step].parent_id == attempt.span_id
    assert (spans["webhook"].program, spans["webhook"].parent_id) == ("cough-courier", post.span_id)
    assert not any(span.failed for span in spans.values())
    line = traced.wait_for(f"job {job_id}: succeeded")
    assert f'"trace_id": "{theirs}", "span_id": "{attempt.span_id}"' in line


def test_a_step_that_fails_is_marked(traced: Service, collecting: Collector) -> None:
    trace_id = "2" * 32
    with Client(traced.url) as client:
        headers = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
        response = client.post(RECORDING[:200], headers=headers)
        assert client.wait(response.json()["id"])["error"]["code"] == "truncated_audio"

    spans = by_name(collecting.trace(POST, "diagnose", "decode", trace_id=trace_id))
    assert spans["decode"].failed
    assert spans["diagnose"].attributes["error.type"] == "truncated_audio"
    assert not spans[POST].failed
    assert "spectrogram" not in spans


def test_a_trace_of_its_own_begins_where_none_came(traced: Service, collecting: Collector) -> None:
    with Client(traced.url) as client:
        response = client.http.get("/v1/models", headers={"traceparent": "00-nonsense"})
    assert response.status_code == 200

    (span,) = collecting.trace("GET /v1/models")
    assert span.parent_id == ""


def test_a_job_whose_message_was_lost_keeps_its_trace(
    traced: Service, collecting: Collector
) -> None:
    trace_id = "1" * 32
    with Client(traced.url) as client, redis.Redis.from_url(traced.redis_url) as store:
        for process in [worker := traced.worker(), *worker.children()]:
            process.kill()
        psutil.wait_procs([worker], 10)
        headers = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01", "x-request-id": "lost-one"}
        job_id = client.post(RECORDING, headers=headers).json()["id"]
        assert store.delete(QUEUE) == 1
        assert client.wait(job_id, 60)["status"] == "succeeded"

    spans = by_name(collecting.trace(POST, "diagnose", trace_id=trace_id))
    assert spans["diagnose"].parent_id == spans[POST].span_id
    assert '"request_id": "lost-one"' in traced.wait_for(f"job {job_id} had lost its message")
    assert '"request_id": "lost-one"' in traced.wait_for(f"job {job_id}: succeeded")


def test_what_was_not_sent_is_sent_at_the_end(collecting: Collector, tmp_path: Path) -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": collecting.url}
    environment["OTEL_BSP_SCHEDULE_DELAY"] = "600000"
    trace_id = "3" * 32
    with service(tmp_path, environment) as running, Client(running.url) as client:
        headers = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01", "prefer": "wait=30"}
        assert client.post(RECORDING, headers=headers).status_code == 200

    collecting.trace(POST, "diagnose", "inference", trace_id=trace_id, timeout_s=1)


@pytest.mark.parametrize("module", ["api.__main__", "worker.__main__", "worker.courier.__main__"])
def test_nothing_of_it_is_loaded_where_nobody_collects(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "from shared.settings import get_settings\n"
        "from shared.telemetry.tracing import enabled, span, traced\n"
        "with traced('program', get_settings()), span('work') as work:\n"
        "    work.tell({'a': 1})\n"
        "assert not enabled()\n"
        # FastAPI and redis-py look for OpenTelemetry themselves, but for nothing of these.
        "ours = ('shared.telemetry.opentelemetry_sdk', 'opentelemetry.sdk.trace',\n"
        "        'opentelemetry.exporter', 'google.protobuf')\n"
        "print([name for name in ours if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_without_the_packages_it_says_so_and_goes_on() -> None:
    code = (
        "import sys\n"
        "sys.modules['opentelemetry'] = None\n"
        "from shared.settings import get_settings\n"
        "from shared.telemetry.tracing import enabled, start_tracing\n"
        "start_tracing('program', get_settings())\n"
        "assert not enabled()\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "extra 'otel'" in said.stderr
