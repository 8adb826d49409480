"""A job is its owner's: to anybody else there is no such job."""

from __future__ import annotations

import pytest

from shared.errors import JobNotFoundError
from shared.job import ANONYMOUS, Owner
from shared.store import keys
from tests.support.job_store import JobStore

ALICE, BOB = Owner("alice"), Owner("bob")


@pytest.mark.parametrize("other", [BOB, ANONYMOUS, Owner("alic"), Owner("alice ")])
def test_nobody_else_sees_or_deletes_it(job_store: JobStore, other: Owner) -> None:
    job_id = job_store.create(owner=ALICE)

    with pytest.raises(JobNotFoundError):
        job_store.read(job_id, other)
    with pytest.raises(JobNotFoundError):
        job_store.delete(job_id, other)

    assert job_store.stored(job_id, ALICE).owner == ALICE


def test_an_anonymous_job_is_not_everybodys(job_store: JobStore) -> None:
    job_id = job_store.create()

    with pytest.raises(JobNotFoundError):
        job_store.read(job_id, ALICE)


def test_each_owner_has_a_list_and_deletion_leaves_nothing_on_it(job_store: JobStore) -> None:
    kept, deleted = job_store.create(owner=ALICE), job_store.create(owner=ALICE)
    job_store.create(owner=BOB)

    job_store.delete(deleted, ALICE)

    assert job_store.redis.zrange(keys.jobs_of(ALICE), 0, -1) == [kept.encode()]
    assert job_store.redis.zcard(keys.jobs_of(BOB)) == 1
