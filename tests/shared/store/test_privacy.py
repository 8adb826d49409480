"""However a job ends, its recording is nowhere in Redis any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.job import JobId
from tests.support.endings import fail, lose_workers, succeed
from tests.support.job_store import RECORDING, JobStore
from tests.support.results import RESULT


def _delete(store: JobStore, job_id: JobId) -> None:
    store.delete(job_id)


def _delete_while_running(store: JobStore, job_id: JobId) -> None:
    attempt = store.begin(job_id, "token")
    store.delete(job_id)
    store.attempts.succeed(attempt, RESULT)


@pytest.mark.parametrize(
    "end",
    [succeed, fail, lose_workers, _delete, _delete_while_running],
    ids=lambda end: end.__name__,
)
def test_the_recording_is_gone(job_store: JobStore, end: Callable[[JobStore, JobId], None]) -> None:
    job_id = job_store.create()
    assert job_store.keys_that_hold(RECORDING)

    end(job_store, job_id)

    assert job_store.keys_that_hold(RECORDING) == []


def test_it_stays_while_the_job_has_not_ended(job_store: JobStore) -> None:
    job_id = job_store.create()
    job_store.begin(job_id, "token")

    assert len(job_store.keys_that_hold(RECORDING)) == 1
