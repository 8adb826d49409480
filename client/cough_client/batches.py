"""Several recordings in one request: how they are sent, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cough_client.answers import Job, Json, read_job, reading
from cough_client.calls import Call, Pause, Steps, exchange, json_in, path_of
from cough_client.errors import WaitTimeoutError
from cough_client.options import Options
from cough_client.problems import retry_after_s
from cough_client.retrying import RetryPolicy

_READ_S: Final = 120.0  # each recording is written to the service's disk before it answers
_POLL_S: Final = 1.0  # where the service does not say when to ask again


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a file was refused: a stable code, a word for people, and the HTTP status."""

    code: str
    detail: str
    status: int


@dataclass(frozen=True, slots=True)
class BatchFile:
    """What has become of one file.

    Attributes:
        index: its place in the request, from 0.
        status: its job's, or `refused`, or `gone`: its job was deleted or has expired.
        job_id: None when it was refused.
        problem: why it was refused, if it was.
    """

    index: int
    status: str
    job_id: str | None
    problem: FileProblem | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stood when the service answered; `files` are in the order of the request.

    Attributes:
        ended: whether nothing can change any more.
        counts: files by status.
    """

    id: str
    created_at: datetime
    ended: bool
    counts: Mapping[str, int]
    files: tuple[BatchFile, ...]


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file's job, with its diagnosis if it has one; None when it was refused or is gone."""

    index: int
    status: str
    job: Job | None
    problem: FileProblem | None


def submit_batch(
    recordings: Sequence[bytes], options: Options, policy: RetryPolicy
) -> Steps[Batch]:
    """Send the recordings; not again, unless it is certain that none was taken."""
    call = Call(
        "POST",
        "/v1/batches",
        form=options.form(),
        recordings=recordings,
        read_s=_READ_S,
        repeatable=False,
    )
    return _read_batch(json_in((yield from exchange(call, policy))))


def get_batch(batch_id: str, policy: RetryPolicy) -> Steps[Batch]:
    """The batch as it stands."""
    call = Call("GET", path_of("batches", batch_id))
    return _read_batch(json_in((yield from exchange(call, policy))))


def wait_for_batch(batch_id: str, policy: RetryPolicy, timeout_s: float) -> Steps[Batch]:
    """Poll until all its jobs have ended."""
    deadline = policy.clock() + timeout_s
    while True:
        response = yield from exchange(Call("GET", path_of("batches", batch_id)), policy, deadline)
        batch = _read_batch(json_in(response))
        if batch.ended:
            return batch
        pause = retry_after_s(response) or _POLL_S
        if policy.clock() + pause > deadline:
            raise WaitTimeoutError(f"Batch {batch_id} has not ended in time")
        yield Pause(pause)


def get_results(batch_id: str, policy: RetryPolicy) -> Steps[list[FileResult]]:
    """Each file's job as it stands."""
    call = Call("GET", f"{path_of('batches', batch_id)}/results")
    return reading(_results, json_in((yield from exchange(call, policy))), "a batch's results")


def _read_batch(body: Json) -> Batch:
    return reading(_batch, body, "a batch")


def _batch(body: Json) -> Batch:
    return Batch(
        id=str(body["id"]),
        created_at=datetime.fromisoformat(body["created_at"]),
        ended=bool(body["ended"]),
        counts={str(status): int(count) for status, count in body["counts"].items()},
        files=tuple(
            BatchFile(
                index=int(file["index"]),
                status=str(file["status"]),
                job_id=None if file["job_id"] is None else str(file["job_id"]),
                problem=_problem(file["problem"]),
            )
            for file in body["files"]
        ),
    )


def _results(body: Json) -> list[FileResult]:
    return [
        FileResult(
            index=int(file["index"]),
            status=str(file["status"]),
            job=None if file["job"] is None else read_job(file["job"]),
            problem=_problem(file["problem"]),
        )
        for file in body["results"]
    ]


def _problem(body: Mapping[str, Any] | None) -> FileProblem | None:
    if body is None:
        return None
    return FileProblem(str(body["code"]), str(body["detail"]), int(body["status"]))
