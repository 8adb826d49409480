"""A job's event stream as both clients read it, and what they do where it breaks or is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cough_client import errors
from cough_client.events import EventReader
from tests.client.both_clients import Kind, talking
from tests.client.scripted_server import DROP, ENDED, JOB, Answer, problem

ID = "0" * 32
RUNNING = {**JOB, "status": "running"}


def _event(version: int, job: Mapping[str, Any]) -> str:
    return f"event: job\nid: {version}\ndata: {json.dumps(job)}\n\n"


def _stream(*parts: str) -> Answer:
    return Answer(200, "".join(parts), {"Content-Type": "text/event-stream; charset=utf-8"})


def _watched(kind: Kind, *script: Answer) -> tuple[list[str], list[tuple[str, str | None]]]:
    with talking(kind, *script) as (client, server):
        seen = [job.status for job in client.watch(ID)]
    asked = [
        (one.path.rpartition("/")[2], one.headers.get("last-event-id")) for one in server.requests
    ]
    return seen, asked


def test_each_change_up_to_the_end(kind: Kind) -> None:
    whole = _stream(_event(1, JOB), ": heartbeat\n\n", _event(2, RUNNING), _event(3, ENDED))
    assert _watched(kind, whole) == (["queued", "running", "succeeded"], [("events", None)])


def test_a_broken_stream_is_resumed_where_it_broke(kind: Kind) -> None:
    torn = _stream(_event(1, JOB), _event(2, RUNNING)[:-30])
    seen, asked = _watched(kind, DROP, torn, _stream(_event(2, RUNNING), _event(3, ENDED)))
    assert seen == ["queued", "running", "succeeded"]
    assert asked == [("events", None), ("events", None), ("events", "1")]


def test_without_a_stream_it_polls(kind: Kind) -> None:
    at_once = {"Retry-After": "0"}
    polls = [Answer(200, JOB, at_once), Answer(200, JOB, at_once), Answer(200, ENDED)]
    seen, asked = _watched(kind, problem(404, "not_found"), *polls)
    assert seen == ["queued", "succeeded"]
    assert [path for path, _ in asked] == ["events", ID, ID, ID]


def test_a_stream_that_never_holds_ends_in_polling(kind: Kind) -> None:
    seen, asked = _watched(kind, *[_stream(_event(1, JOB))] * 6, Answer(200, ENDED))
    assert seen[-1] == "succeeded"
    assert [path for path, _ in asked] == ["events"] * 6 + [ID]


@pytest.mark.parametrize(
    "endless", [_stream(_event(1, JOB), ": heartbeat\n\n" * 3), problem(404, "not_found")]
)
def test_it_ends_in_time(kind: Kind, endless: Answer) -> None:
    with (
        talking(kind, endless, Answer(200, JOB)) as (client, server),
        pytest.raises(errors.WaitTimeoutError) as caught,
    ):
        list(client.watch(ID, timeout_s=0))
    assert caught.value.job_id == ID
    assert len(server.requests) <= 3


def test_a_job_that_is_not_there(kind: Kind) -> None:
    with pytest.raises(errors.JobNotFoundError):
        _watched(kind, problem(404, "job_not_found"))


def test_an_event_that_is_no_job(kind: Kind) -> None:
    with pytest.raises(errors.UnexpectedAnswerError):
        _watched(kind, _stream("data: {\n\n"))


@given(st.lists(st.sampled_from(["queued", "running", "failed"]), max_size=5), st.data())
def test_any_stream_gives_its_jobs_wherever_it_is_cut(
    statuses: list[str], data: st.DataObject
) -> None:
    events = [_event(number, {**JOB, "status": its}) for number, its in enumerate(statuses)]
    whole = "".join(events)
    cut = data.draw(st.integers(0, len(whole)))
    reader = EventReader()
    lines = whole[:cut].split("\n")[:-1]  # a line that did not end has not come
    jobs = [job for job in map(reader.feed, lines) if job]
    assert [job.status for job in jobs] == statuses[: len(jobs)]
    assert reader.last_id == (str(len(jobs) - 1) if jobs else None)
    assert len("".join(events[: len(jobs)])) <= cut
