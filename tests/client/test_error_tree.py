"""The client's errors mirror the service's, code by code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

import shared.errors
from cough_client import errors
from cough_client.answers import Job, JobFailure
from cough_client.problems import diagnosis_of, problem_of
from shared.errors import BundleError, ScreeningError


def _kinds(base: type[ScreeningError]) -> Iterator[type[ScreeningError]]:
    for kind in base.__subclasses__():
        if hasattr(kind, "code") and not issubclass(kind, BundleError):
            yield kind
        yield from _kinds(kind)


def _problem(status: int, **members: object) -> httpx.Response:
    return httpx.Response(status, json=members, headers={"retry-after": "7"})


@pytest.mark.parametrize(
    "kind",
    sorted(_kinds(ScreeningError), key=str),
    ids=lambda kind: kind.__name__,
)
def test_every_code_of_the_service_has_its_error(kind: type[ScreeningError]) -> None:
    ours = getattr(errors, kind.__name__)
    raised: errors.CoughError
    if issubclass(kind, shared.errors.RecordingError):
        with pytest.raises(errors.RecordingError) as caught:
            diagnosis_of(_ended("failed", JobFailure(kind.code, "so")))
        raised = caught.value
    else:
        raised = problem_of(_problem(kind.status, code=kind.code, detail="so"))
        assert raised.status == kind.status
    assert type(raised) is ours
    assert (raised.code, raised.detail) == (kind.code, "so")
    if issubclass(kind, shared.errors.TryLaterError):
        assert isinstance(raised, errors.TryLaterError)
        assert raised.retry_after == 7


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (307, errors.ProblemError),
        (403, errors.RequestError),
        (429, errors.TryLaterError),
        (500, errors.ServiceError),
        (599, errors.ServiceError),
    ],
)
def test_an_unknown_code_is_of_its_status_s_class(status: int, kind: type[Exception]) -> None:
    raised = problem_of(_problem(status, code="from_the_future", detail="so", hint=3))
    assert type(raised) is kind
    assert (raised.code, raised.detail, raised.status) == ("from_the_future", "so", status)
    assert raised.extensions == {"hint": 3}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"a"', b'{"code": 5}', b"\xff"])
def test_an_answer_that_is_no_problem_is_one_all_the_same(body: bytes) -> None:
    raised = problem_of(httpx.Response(502, content=body))
    assert type(raised) is errors.ServiceError
    assert (raised.code, raised.detail) == ("service_unavailable", "502 Bad Gateway")


def test_an_unknown_model_says_which_there_are() -> None:
    raised = problem_of(_problem(422, code="unknown_model", detail="so", models=["a@1.0.0"]))
    assert isinstance(raised, errors.UnknownModelError)
    assert raised.models == ["a@1.0.0"]


def test_a_job_without_a_diagnosis_says_why() -> None:
    with pytest.raises(errors.RecordingError) as failed:
        diagnosis_of(_ended("failed", JobFailure("from_the_future", "so")))
    assert (type(failed.value), failed.value.code) == (errors.RecordingError, "from_the_future")
    assert failed.value.job_id == "0" * 32
    with pytest.raises(errors.JobCanceledError):
        diagnosis_of(_ended("canceled", None))


def _ended(status: str, failure: JobFailure | None) -> Job:
    now = datetime.now(UTC)
    return Job("0" * 32, status, now, now, now, "sick-sounds@2.0.0", None, failure)
