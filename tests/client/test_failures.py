"""What both clients do when the service or the way to it fails: bounded, and never twice a job."""

from __future__ import annotations

import pytest

from cough_client import CoughClient, RetryPolicy, errors
from cough_client.configuration import Configuration
from tests.client.both_clients import Kind, either_client, talking
from tests.client.scripted_server import (
    DROP,
    ENDED,
    JOB,
    Answer,
    problem,
    scripted,
)
from tests.end_to_end.processes import free_port

ID = "0" * 32
BUSY = problem(503, "queue_full", Retry_After="0")
NOT_FOUND = problem(404, "job_not_found")
ENDED_ALREADY = problem(409, "job_ended")
CANCELED = Answer(200, {**JOB, "status": "canceled"})


@pytest.mark.parametrize(
    "failure", [BUSY, DROP, problem(502, "x"), problem(409, "x", Retry_After="0")]
)
def test_a_recording_is_sent_again_under_the_same_key(kind: Kind, failure: Answer) -> None:
    with talking(kind, failure, failure, Answer(202, JOB)) as (client, server):
        assert client.submit(b"RIFF").status == "queued"
    keys = [request.headers["idempotency-key"] for request in server.requests]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert all(b"RIFF" in request.body for request in server.requests)


def test_two_calls_have_two_keys_and_the_caller_s_own_is_kept(kind: Kind) -> None:
    with talking(kind, Answer(202, JOB)) as (client, server):
        client.submit(b"RIFF")
        client.submit(b"RIFF")
        client.submit(b"RIFF", idempotency_key="visit 7")
        for bad in ("", "a\r\nb", "é", " a", "a ", "a" * 256):
            with pytest.raises(errors.ConfigurationError):
                client.submit(b"RIFF", idempotency_key=bad)
    first, second, own = (request.headers["idempotency-key"] for request in server.requests)
    assert first != second
    assert own == "visit 7"


def test_it_gives_up_and_says_what_the_service_said(kind: Kind) -> None:
    with talking(kind, BUSY) as (client, server), pytest.raises(errors.QueueFullError) as caught:
        client.job(ID)
    assert (caught.value.status, caught.value.retry_after, caught.value.attempts) == (503, 0, 6)
    assert len(server.requests) == 6


def test_a_service_that_cuts_every_connection_is_unreachable(kind: Kind) -> None:
    with talking(kind, DROP) as (client, server), pytest.raises(errors.UnreachableError):
        client.diagnose(b"RIFF")
    assert len(server.requests) == 6


def test_where_nobody_listens_it_is_unreachable(kind: Kind) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with (
        either_client(kind, nowhere) as client,
        pytest.raises(errors.UnreachableError) as caught,
    ):
        client.job(ID)
    assert caught.value.status is None


def test_a_refusal_is_not_sent_again(kind: Kind) -> None:
    with (
        talking(kind, problem(415, "unsupported_format")) as (client, server),
        pytest.raises(errors.UnsupportedFormatError),
    ):
        client.diagnose(b"text")
    assert len(server.requests) == 1


def test_no_pause_outlasts_the_caller_s_patience(kind: Kind) -> None:
    with (
        talking(kind, problem(503, "queue_full", Retry_After="30")) as (client, server),
        pytest.raises(errors.QueueFullError),
    ):
        client.diagnose(b"RIFF", timeout_s=5)
    assert len(server.requests) == 1


def test_deleted_by_a_try_whose_answer_was_lost(kind: Kind) -> None:
    with talking(kind, DROP, NOT_FOUND) as (client, _):
        client.delete(ID)
    with talking(kind, NOT_FOUND) as (client, _), pytest.raises(errors.JobNotFoundError):
        client.delete(ID)


def test_canceled_by_a_try_whose_answer_was_lost(kind: Kind) -> None:
    with talking(kind, DROP, ENDED_ALREADY, CANCELED) as (client, _):
        assert client.cancel(ID).status == "canceled"
    for script in ([DROP, ENDED_ALREADY, Answer(200, ENDED)], [ENDED_ALREADY]):
        with talking(kind, *script) as (client, _), pytest.raises(errors.JobEndedError):
            client.cancel(ID)


def test_a_service_that_does_not_wait_is_polled_when_it_says(kind: Kind) -> None:
    queued = Answer(202, JOB, {"Retry-After": "0.05"})  # no number of seconds: the default holds
    with talking(kind, queued, Answer(200, JOB, {"Retry-After": "1"}), Answer(200, ENDED)) as (
        client,
        server,
    ):
        assert client.diagnose(b"RIFF").score == 0.93
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]
    assert all(request.headers["prefer"].startswith("wait=") for request in server.requests)


def test_where_the_service_waits_a_diagnosis_is_one_request(kind: Kind) -> None:
    with talking(kind, Answer(200, ENDED)) as (client, server):
        assert client.diagnose(b"RIFF", timeout_s=7.5).diagnosis == "sick"
    assert [request.headers["prefer"] for request in server.requests] == ["wait=8"]


def test_a_job_that_does_not_end_goes_on_without_us(kind: Kind) -> None:
    with (
        talking(kind, Answer(200, JOB)) as (client, _),
        pytest.raises(errors.WaitTimeoutError) as caught,
    ):
        client.wait(ID, timeout_s=0.2)
    assert caught.value.job_id == ID


@pytest.mark.parametrize("body", ["no json", [], {}, {**JOB, "created_at": "then"}, {"id": 1}])
def test_an_answer_that_is_no_job(kind: Kind, body: object) -> None:
    with (
        talking(kind, Answer(200, body)) as (client, _),
        pytest.raises(errors.UnexpectedAnswerError),
    ):
        client.job(ID)


def test_members_of_later_versions_are_no_hindrance(kind: Kind) -> None:
    with talking(kind, Answer(200, {**ENDED, "new": 1})) as (client, _):
        assert client.job(ID).diagnosis is not None


def test_a_redirect_does_not_carry_the_key_away(kind: Kind) -> None:
    with scripted(Answer(200, ENDED)) as elsewhere:
        away = Answer(307, {}, {"Location": f"{elsewhere.url}/v1/jobs/{ID}"})
        with talking(kind, away) as (client, _), pytest.raises(errors.ProblemError):
            client.job(ID)
    assert elsewhere.requests == []


def test_the_key_is_sent_and_the_file_s_name_is_not(
    kind: Kind, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("private") / "Jane Doe.wav"
    file.write_bytes(b"RIFF")
    with (
        scripted(Answer(202, JOB)) as server,
        either_client(kind, server.url, api_key="cough_a_b") as client,
    ):
        client.submit(file, model="sick-sounds")
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer cough_a_b"
    assert b"RIFF" in request.body
    assert b"sick-sounds" in request.body
    assert b"Jane" not in request.body


def test_the_environment_says_where_and_who(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(Answer(200, JOB)) as server:
        monkeypatch.setenv("COUGH_SERVER", server.url + "/")
        monkeypatch.setenv("COUGH_API_KEY", "cough_a_secret")
        with CoughClient() as client:
            client.job(ID)
    assert server.requests[0].path == f"/v1/jobs/{ID}"
    assert server.requests[0].headers["authorization"] == "Bearer cough_a_secret"
    assert "cough_a_secret" not in repr(Configuration.of(None, None))


@pytest.mark.parametrize(
    "server", ["localhost:8000", "ftp://a", "http://", "http://a:b:c", "nonsense"]
)
def test_an_address_that_is_none(server: str) -> None:
    with pytest.raises(errors.ConfigurationError):
        CoughClient(server)


@pytest.mark.parametrize("api_key", ["a\nb", "é"])
def test_a_key_that_is_none(api_key: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        CoughClient(api_key=api_key)
    assert api_key not in str(caught.value)


def test_a_job_id_leads_nowhere_else(kind: Kind) -> None:
    with talking(kind, NOT_FOUND) as (client, server), pytest.raises(errors.JobNotFoundError):
        client.job("../models?a=b#c")
    assert server.requests[0].path == "/v1/jobs/..%2Fmodels%3Fa%3Db%23c"


def test_pages_are_asked_for_one_after_the_other(kind: Kind) -> None:
    pages = [
        {"jobs": [JOB, JOB], "next": "a b"},
        {"jobs": [], "next": "c"},  # the filter let none through
        {"jobs": [ENDED], "next": None},
    ]
    with talking(kind, *(Answer(200, page) for page in pages)) as (client, server):
        assert [job.status for job in client.jobs(status="x")] == [
            "queued",
            "queued",
            "succeeded",
        ]
    assert [request.path for request in server.requests] == [
        "/v1/jobs?status=x&limit=100",
        "/v1/jobs?status=x&cursor=a+b&limit=100",
        "/v1/jobs?status=x&cursor=c&limit=100",
    ]


def test_no_more_tries_than_asked_for(kind: Kind) -> None:
    with (
        scripted(DROP) as server,
        either_client(kind, server.url, RetryPolicy(attempts=1)) as client,
        pytest.raises(errors.UnreachableError),
    ):
        client.job(ID)
    assert len(server.requests) == 1
