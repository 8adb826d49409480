"""A job ends once. Whoever comes late, or twice, changes nothing."""

from __future__ import annotations

import pytest

from shared.errors import CorruptAudioError, TimeLimitError
from shared.job import JobError, JobStatus
from shared.store.attempts import Attempt, NotBegun
from tests.support.job_store import MODEL, RECORDING, WORKER, JobStore
from tests.support.results import RESULT

ERROR = CorruptAudioError("The data are damaged")


def test_an_attempt_takes_the_job_and_its_recording(job_store: JobStore) -> None:
    job_id = job_store.create()

    attempt = job_store.begin(job_id, "token")

    assert (attempt.recording, attempt.model, attempt.format) == (RECORDING, MODEL, "wav")
    job = job_store.read(job_id)
    assert job.status is JobStatus.RUNNING
    assert job.started_at is not None
    assert job.started_at >= job.created_at
    assert (job_store.waiting(), job_store.running()) == (set(), {job_id})


def test_a_success_is_kept(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(), "token")

    assert job_store.attempts.succeed(attempt, RESULT)

    job = job_store.read(attempt.job_id)
    assert (job.status, job.result, job.error) == (JobStatus.SUCCEEDED, RESULT, None)
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.created_at <= job.started_at <= job.finished_at
    assert job_store.running() == set()


def test_a_failure_is_kept(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(), "token")

    assert job_store.attempts.fail(attempt.job_id, "token", ERROR)

    job = job_store.read(attempt.job_id)
    assert (job.status, job.result) == (JobStatus.FAILED, None)
    assert job.error == JobError(code="corrupt_audio", detail="The data are damaged")


@pytest.mark.parametrize("late_succeeds", [True, False])
def test_a_late_attempt_changes_nothing(job_store: JobStore, late_succeeds: bool) -> None:
    late = job_store.begin(job_store.create(), "first")
    newest = job_store.begin(late.job_id, "second")

    assert not _end(job_store, late, succeeds=late_succeeds)
    assert job_store.read(late.job_id).status is JobStatus.RUNNING
    assert job_store.attempts.succeed(newest, RESULT)
    assert not _end(job_store, late, succeeds=late_succeeds)

    job = job_store.read(late.job_id)
    assert (job.status, job.result, job.error) == (JobStatus.SUCCEEDED, RESULT, None)


@pytest.mark.parametrize("first_succeeds", [True, False])
@pytest.mark.parametrize("then_succeeds", [True, False])
def test_a_job_that_has_ended_never_changes(
    job_store: JobStore, first_succeeds: bool, then_succeeds: bool
) -> None:
    attempt = job_store.begin(job_store.create(), "token")
    assert _end(job_store, attempt, succeeds=first_succeeds)
    before = job_store.read(attempt.job_id)

    assert not _end(job_store, attempt, succeeds=then_succeeds)
    assert job_store.attempts.begin(attempt.job_id, "again", WORKER) is NotBegun.ENDED
    assert not job_store.attempts.fail(attempt.job_id, "again", ERROR)

    assert job_store.read(attempt.job_id) == before


def test_a_job_that_nobody_began_cannot_be_ended(job_store: JobStore) -> None:
    job_id = job_store.create()

    assert not job_store.attempts.fail(job_id, "token", ERROR)

    assert job_store.read(job_id).status is JobStatus.QUEUED


def test_a_worker_may_end_whatever_its_child_attempts(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(), "worker@host:17:random")

    assert not job_store.attempts.fail(attempt.job_id, "worker@host:1:", TimeLimitError("late"))
    assert job_store.attempts.fail(attempt.job_id, "worker@host:17:", TimeLimitError("late"))

    job = job_store.read(attempt.job_id)
    assert job.error is not None
    assert job.error.code == "time_limit"


def _end(job_store: JobStore, attempt: Attempt, *, succeeds: bool) -> bool:
    if succeeds:
        return job_store.attempts.succeed(attempt, RESULT)
    return job_store.attempts.fail(attempt.job_id, attempt.token, ERROR)
