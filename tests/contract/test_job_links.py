"""A job's links: there where they lead somewhere, and only there."""

from __future__ import annotations

import json

import pytest

from tests.contract.answers import Answer

PICTURES = {"spectrogram", "explanation"}
ALWAYS = {"self", "events", "deliveries"}


@pytest.mark.parametrize(
    ("operation", "name", "there"),
    [
        ("createJob", "queued", ALWAYS | {"cancel"}),
        ("getJob", "running", ALWAYS | {"cancel"}),
        ("getJob", "succeeded", ALWAYS | PICTURES),
        ("getJob", "failed", ALWAYS),
        ("cancelJob", "canceled", ALWAYS),
    ],
)
def test_a_job_links_to_what_can_be_done_with_it(
    answers: list[Answer], operation: str, name: str, there: set[str]
) -> None:
    job = _answer(answers, operation, name).response.json()
    links = {name: path for name, path in job["links"].items() if path is not None}
    assert links.keys() == there
    assert all(path.startswith(f"/v1/jobs/{job['id']}") for path in links.values())


def test_an_event_links_to_what_could_be_done_then(answers: list[Answer]) -> None:
    stream = _answer(answers, "followJob", "succeeded").response.text
    data = [line.removeprefix("data: ") for line in stream.splitlines() if line[:5] == "data:"]
    links = [json.loads(text)["links"] for text in data]
    assert [one["cancel"] is None for one in links] == [False, False, True]
    assert [one["spectrogram"] is None for one in links] == [True, True, False]


def _answer(answers: list[Answer], operation: str, name: str) -> Answer:
    return next(one for one in answers if (one.operation, one.name) == (operation, name))
