"""An owner's jobs, newest first, in pages that miss none and repeat none."""

from __future__ import annotations

import base64
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidCursorError
from shared.job import ANONYMOUS, JobId, JobStatus, Owner
from shared.settings import Settings
from shared.store import keys
from shared.store.listing import Cursor
from tests.support.job_store import JobStore

ALICE = Owner("alice")
LATER = 9_000_000_000_000  # ms: nothing of then is thought to have expired


def _walk(
    store: JobStore, limit: int, owner: Owner = ANONYMOUS, status: JobStatus | None = None
) -> list[list[str]]:
    """All pages, as ids."""
    pages: list[list[str]] = []
    after: Cursor | None = None
    while True:
        assert len(pages) < 100, "the pages never end"
        page = store.wait(store.listing.page(owner, limit, after, status))
        pages.append([stored.job.id for stored in page.jobs])
        if page.next is None:
            return pages
        after = Cursor.parse(str(page.next))


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
@pytest.mark.parametrize("at_once", [True, False])
def test_pages_make_up_the_list(job_store: JobStore, limit: int, at_once: bool) -> None:
    for number in range(7):
        job_id = job_store.create()
        created = LATER if at_once else LATER + number // 2
        job_store.redis.zadd(keys.jobs_of(ANONYMOUS), {job_id: created})
    members = cast(list[bytes], job_store.redis.zrevrange(keys.jobs_of(ANONYMOUS), 0, -1))
    newest_first = [member.decode() for member in members]
    assert len(newest_first) == 7

    pages = _walk(job_store, limit)

    assert [job_id for page in pages for job_id in page] == newest_first
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_each_sees_their_own(job_store: JobStore) -> None:
    hers, anonymous = job_store.create(owner=ALICE), job_store.create()

    assert _walk(job_store, 20, ALICE) == [[hers]]
    assert _walk(job_store, 20) == [[anonymous]]
    assert _walk(job_store, 20, Owner("bob")) == [[]]


def test_a_job_made_meanwhile_shifts_no_page(job_store: JobStore) -> None:
    for number in range(4):
        job_store.redis.zadd(keys.jobs_of(ANONYMOUS), {job_store.create(): LATER + number})
    first = job_store.wait(job_store.listing.page(ANONYMOUS, 2))
    job_store.redis.zadd(keys.jobs_of(ANONYMOUS), {job_store.create(): 2 * LATER})

    second = job_store.wait(job_store.listing.page(ANONYMOUS, 2, first.next))

    ids = [stored.job.id for stored in [*first.jobs, *second.jobs]]
    assert len(set(ids)) == 4


def test_expired_jobs_leave_the_list(job_store: JobStore) -> None:
    kept, expired = job_store.create(), job_store.create()
    job_store.redis.delete(keys.job_key(expired))  # as its time to live would

    assert [job_id for page in _walk(job_store, 1) for job_id in page] == [kept]

    assert job_store.redis.zrange(keys.jobs_of(ANONYMOUS), 0, -1) == [kept.encode()]


def test_what_must_have_expired_goes_when_something_is_added(job_store: JobStore) -> None:
    job_store.redis.zadd(keys.jobs_of(ANONYMOUS), {"0" * 32: 1_000})

    job_id = job_store.create()

    assert job_store.redis.zrange(keys.jobs_of(ANONYMOUS), 0, -1) == [job_id.encode()]
    ttl = job_store.redis.ttl(keys.jobs_of(ANONYMOUS))
    assert job_store.settings.result_ttl_s < ttl


def test_by_state(job_store: JobStore) -> None:
    queued = [job_store.create() for _ in range(2)]
    running = job_store.create()
    job_store.begin(running, "token")

    assert _walk(job_store, 20, status=JobStatus.RUNNING) == [[running]]
    assert {*_walk(job_store, 20, status=JobStatus.QUEUED)[0]} == {*queued}
    assert _walk(job_store, 20, status=JobStatus.FAILED) == [[]]


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("sick-sounds", True),
        ("sick-sounds@2.0.0", True),
        ("sick-sounds@1.0.1", False),
        ("sick", False),
        ("", False),
        ("\0é", False),
    ],
)
def test_by_model(job_store: JobStore, model: str, found: bool) -> None:
    job_store.create()

    page = job_store.wait(job_store.listing.page(ANONYMOUS, 20, model=model))

    assert bool(page.jobs) is found


def test_a_filter_that_lets_little_through_still_gets_there(redis_url: str) -> None:
    store = JobStore(Settings(redis_url=redis_url))
    oldest = store.create()
    store.begin(oldest, "token")
    others: dict[str, int] = {store.create(): 2_000 + number for number in range(250)}
    store.redis.zadd(keys.jobs_of(ANONYMOUS), {oldest: 1_000, **others})

    assert _walk(store, 1, status=JobStatus.RUNNING)[0] == [oldest]
    store.close()


def test_a_cursor_reads_back_as_it_was_written() -> None:
    cursor = Cursor(1_795_560_721_000, JobId("0b3de94b2c134a5f9f1d4c0f1b7a2e55"))
    assert Cursor.parse(str(cursor)) == cursor
    assert str(cursor).isascii()


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        Cursor.parse(text)
