"""A job's changes as Server-Sent Events, read by a client that others wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from time import monotonic
from typing import Any

import httpx
import psutil
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from shared.job import JobId
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.processes import eventually
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)


@pytest.fixture(scope="module")
def alone(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url, EVENT_HEARTBEAT_S="0.2") as alone:
        yield alone


def _events(
    client: Client, job_id: str, headers: dict[str, str] | None = None
) -> Iterator[ServerSentEvent]:
    url = f"/v1/jobs/{job_id}/events"
    with connect_sse(client.http, "GET", url, headers=headers or {}) as source:
        yield from source.iter_sse()


def _told(events: Iterator[ServerSentEvent]) -> list[tuple[str, str]]:
    return [(event.id, json.loads(event.data)["status"]) for event in events]


def test_a_job_is_followed_to_its_diagnosis(client: Client) -> None:
    job_id = client.submit(RECORDING)

    events = list(_events(client, job_id))

    assert [event.event for event in events] == ["job"] * 3
    assert _told(iter(events)) == [("1", "queued"), ("2", "running"), ("3", "succeeded")]
    assert json.loads(events[-1].data) == client.job(job_id)
    assert json.loads(events[0].data)["result"] is None


def test_each_change_is_told_as_it_happens(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    events = _events(alone.client, job_id)
    assert _status(next(events)) == "queued"

    alone.begin(job_id)
    assert _status(next(events)) == "running"

    alone.begin(job_id, "second")  # the first one's worker died
    again = next(events)
    assert (again.id, _status(again)) == ("3", "running")

    assert alone.attempts.fail(JobId(job_id), "second", CorruptAudioError("no"))
    assert _status(next(events)) == "failed"
    assert list(events) == []


@pytest.mark.parametrize(
    ("last", "ids"),
    [("1", ["2", "3"]), ("2", ["3"]), ("0", ["1", "2", "3"]), ("nonsense", ["1", "2", "3"])],
)
def test_a_stream_goes_on_where_it_was_cut(alone: GatewayAlone, last: str, ids: list[str]) -> None:
    job_id = alone.client.submit(RECORDING)
    alone.succeed(job_id)

    events = _events(alone.client, job_id, {"last-event-id": last})

    assert [event.id for event in events] == ids


@pytest.mark.parametrize("last", ["3", "4", "9" * 5000])
def test_nothing_more_to_come_is_204(alone: GatewayAlone, last: str) -> None:
    job_id = alone.client.submit(RECORDING)
    alone.succeed(job_id)

    response = alone.client.http.get(f"/v1/jobs/{job_id}/events", headers={"last-event-id": last})

    assert (response.status_code, response.content) == (204, b"")


def test_while_nothing_happens_the_stream_beats(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    with alone.client.http.stream("GET", f"/v1/jobs/{job_id}/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        beats: list[float] = []
        while len(beats) < 3:
            line = next(lines)
            if line.startswith(":"):
                beats.append(monotonic())
    assert beats[2] - beats[0] < 2


def test_an_unknown_job_is_404(alone: GatewayAlone) -> None:
    response = alone.client.http.get(f"/v1/jobs/{'0' * 32}/events")
    assert (response.status_code, response.json()["code"]) == (404, "job_not_found")


def test_a_deleted_job_ends_its_stream(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    events = _events(alone.client, job_id)
    next(events)

    alone.client.http.delete(f"/v1/jobs/{job_id}")

    assert list(events) == []


def test_a_client_that_goes_leaves_nothing_behind(alone: GatewayAlone) -> None:
    job_id = alone.client.submit(RECORDING)
    process = psutil.Process(alone.program.process.pid)
    streams = [_open_stream(alone, job_id) for _ in range(20)]
    ports = {
        stream.extensions["network_stream"].get_extra_info("client_addr")[1] for stream in streams
    }

    def still_there() -> set[int]:
        connections = process.net_connections("tcp")
        return ports & {its.raddr.port for its in connections if its.raddr}

    assert still_there() == ports
    for stream in streams:
        stream.close()
    del streams

    eventually(lambda: not still_there(), 10, "its connections are closed")


def test_a_gateway_that_stops_lets_its_listeners_go(redis_server_url: str) -> None:
    with gateway_alone(redis_server_url) as alone:
        job_id = alone.client.submit(RECORDING)
        events = _events(alone.client, job_id)
        next(events)
        waiting = alone.meanwhile(
            lambda: alone.client.http.get(f"/v1/jobs/{job_id}", headers={"prefer": "wait=30"})
        )
        began = monotonic()

        alone.program.stop()

        assert monotonic() - began < 5
        assert list(events) == []
        assert waiting.result(10).json()["status"] == "queued"


def _open_stream(alone: GatewayAlone, job_id: str) -> httpx.Response:
    """A stream that is open, for its head has been read."""
    http = alone.client.http
    return http.send(http.build_request("GET", f"/v1/jobs/{job_id}/events"), stream=True)


def _status(event: ServerSentEvent) -> str:
    job: dict[str, Any] = json.loads(event.data)
    return str(job["status"])
