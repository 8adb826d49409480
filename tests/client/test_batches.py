"""Batches as both clients send them: on the real service, and on one that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from cough_client import CoughClient, errors
from cough_client import recordings as limits
from tests.client.both_clients import HASTY, Kind, either_client, talking
from tests.client.scripted_server import DROP, JOB, Answer, problem
from tests.end_to_end.processes import free_port

ID = "0" * 32
NOTE = b"The patient coughs."
PROBLEM = {"code": "unsupported_format", "detail": "so", "status": 415}
FILES = [
    {"index": 0, "status": "queued", "job_id": ID, "problem": None},
    {"index": 1, "status": "refused", "job_id": None, "problem": PROBLEM},
]
BATCH = {
    "id": ID,
    "created_at": "2026-11-23T07:43:33.361000Z",
    "ended": False,
    "counts": {"queued": 1, "refused": 1},
    "files": FILES,
}


def test_each_recording_gets_its_diagnosis_or_says_why_not(
    client: CoughClient, recordings: list[Path]
) -> None:
    sent = client.submit_batch([recordings[0], NOTE, recordings[1].read_bytes()])
    assert [file.index for file in sent.files] == [0, 1, 2]
    assert (sent.files[1].status, sent.files[1].job_id) == ("refused", None)
    assert sent.files[1].problem is not None
    assert (sent.files[1].problem.code, sent.files[1].problem.status) == ("unsupported_format", 415)

    ended = client.wait_for_batch(sent.id)
    assert ended.ended
    assert {status: count for status, count in ended.counts.items() if count} == {
        "succeeded": 2,
        "refused": 1,
    }
    assert client.batch(sent.id) == ended

    first, note, last = client.batch_results(sent.id)
    assert (note.status, note.job, note.problem) == ("refused", None, sent.files[1].problem)
    for result, file in (first, sent.files[0]), (last, sent.files[2]):
        assert result.job is not None
        assert result.job.id == file.job_id
        assert result.job == client.job(result.job.id)
        assert result.job.diagnosis is not None
        assert "not a medical device" in result.job.diagnosis.disclaimer

    assert first.job is not None
    client.delete(first.job.id)
    gone = client.batch_results(sent.id)[0]
    assert (gone.status, gone.job, gone.problem) == ("gone", None, None)


def test_what_is_asked_holds_for_all(client: CoughClient, recordings: list[Path]) -> None:
    sent = client.submit_batch(recordings[:2], model="sick-sounds", pictures=True)
    client.wait_for_batch(sent.id)
    for file in sent.files:
        assert file.job_id is not None
        assert client.spectrogram_png(file.job_id).startswith(b"\x89PNG")
    with pytest.raises(errors.UnknownModelError):
        client.submit_batch(recordings[:1], model="no-such-model")


def test_what_is_no_batch(client: CoughClient) -> None:
    with pytest.raises(errors.MissingFileError):
        client.submit_batch([])
    with pytest.raises(errors.TooManyFilesError):
        client.submit_batch([NOTE] * 101)
    for ask in (client.batch, client.batch_results, client.wait_for_batch):
        with pytest.raises(errors.BatchNotFoundError):
            ask(ID)


@pytest.mark.parametrize(
    "failure",
    [DROP, problem(502, "x"), problem(503, "store_unavailable", Retry_After="0")],
    ids=["lost", "proxy", "store"],
)
def test_what_may_have_been_taken_is_not_sent_again(kind: Kind, failure: Answer) -> None:
    with (
        talking(kind, failure, Answer(202, BATCH)) as (client, server),
        pytest.raises((errors.UnreachableError, errors.ServiceError)),
    ):
        client.submit_batch([b"RIFF"])
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", ["rate_limited", "uploads_full", "request_timeout"])
def test_what_was_not_taken_is_sent_again(kind: Kind, code: str) -> None:
    status = {"rate_limited": 429, "uploads_full": 503, "request_timeout": 408}[code]
    refusal = problem(status, code, Retry_After="0")
    with talking(kind, refusal, refusal, Answer(202, BATCH)) as (client, server):
        assert client.submit_batch([b"RIFF one", b"RIFF two"]).counts == BATCH["counts"]
    assert len(server.requests) == 3
    for request in server.requests:
        assert request.body.count(b'name="file"') == 2
        assert b"RIFF two" in request.body
        assert "idempotency-key" not in request.headers


def test_where_nobody_listens_it_is_tried_again(kind: Kind) -> None:
    with (
        either_client(kind, f"http://127.0.0.1:{free_port()}") as client,
        pytest.raises(errors.UnreachableError) as caught,
    ):
        client.submit_batch([b"RIFF"])
    assert caught.value.attempts == HASTY.attempts


def test_names_of_files_are_not_sent(kind: Kind, tmp_path: Path) -> None:
    file = tmp_path / "Jane Doe.wav"
    file.write_bytes(b"RIFF")
    with talking(kind, Answer(202, BATCH)) as (client, server):
        client.submit_batch([file, file])
    assert b"Jane" not in server.requests[0].body


def test_more_than_any_service_takes_is_not_even_read(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 7)
    with (
        talking(kind, Answer(202, BATCH)) as (client, server),
        pytest.raises(errors.PayloadTooLargeError),
    ):
        client.submit_batch([b"RIFF", b"RIFF", tmp_path / "never looked for"])
    assert server.requests == []


def test_waiting_asks_when_the_service_says(kind: Kind) -> None:
    ended = {**BATCH, "ended": True}
    with talking(kind, Answer(200, BATCH, {"Retry-After": "0"}), Answer(200, ended)) as (client, _):
        assert client.wait_for_batch(ID).ended
    with (
        talking(kind, Answer(200, BATCH, {"Retry-After": "5"})) as (client, server),
        pytest.raises(errors.WaitTimeoutError),
    ):
        client.wait_for_batch(ID, timeout_s=4)
    assert len(server.requests) == 1


@pytest.mark.parametrize("broken", [{"files": None}, {"created_at": "then"}, {"counts": [1]}])
def test_an_answer_that_is_no_batch(kind: Kind, broken: dict[str, object]) -> None:
    with talking(kind, Answer(200, {**BATCH, **broken})) as (client, _):
        with pytest.raises(errors.UnexpectedAnswerError):
            client.batch(ID)
        with pytest.raises(errors.UnexpectedAnswerError):
            client.batch_results(ID)


def test_members_of_later_versions_are_no_hindrance(kind: Kind) -> None:
    later = [{**file, "new": 1, "job": file["job_id"] and JOB} for file in FILES]
    with talking(kind, Answer(200, {**BATCH, "files": later, "new": 1, "results": later})) as (
        client,
        _,
    ):
        assert client.batch(ID).files[0].job_id == ID
        assert [result.status for result in client.batch_results(ID)] == ["queued", "refused"]
