"""One key takes no more of what may wait than is left free for others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shared.errors import QueueFullError, TooManyWaitingError
from shared.job import ANONYMOUS, JobId, Owner
from shared.settings import Settings
from shared.store import keys
from tests.support.endings import fail, lose_workers, succeed
from tests.support.job_store import RECORDING, JobStore

ALICE, BOB, CAROL = Owner("alice"), Owner("bob"), Owner("carol")
PLACES = 12


@pytest.fixture
def store(redis_url: str) -> Iterator[JobStore]:
    store = JobStore(Settings(redis_url=redis_url, max_waiting_jobs=PLACES))
    yield store
    store.close()


def _flood(store: JobStore, owner: Owner, recording: bytes = RECORDING) -> int:
    """Send until it is refused; how many were taken."""
    for taken in range(PLACES + 1):
        try:
            store.create(recording, owner=owner)
        except TooManyWaitingError:
            return taken
    raise AssertionError("never refused")


def test_each_flood_leaves_as_much_as_it_takes(store: JobStore) -> None:
    assert _flood(store, ALICE) == PLACES // 2
    assert _flood(store, BOB) == PLACES // 4
    assert store.create(owner=CAROL)  # whatever many take, there is room for one more
    assert _flood(store, ALICE) == 0


def test_a_refusal_stores_nothing(store: JobStore) -> None:
    _flood(store, ALICE)
    before = {key: store.redis.dump(key) for key in store.redis.scan_iter()}

    with pytest.raises(TooManyWaitingError) as refusal:
        store.create(owner=ALICE)

    assert refusal.value.retry_after > 0
    assert {key: store.redis.dump(key) for key in store.redis.scan_iter()} == before


def test_bytes_are_shared_as_places_are(redis_url: str) -> None:
    store = JobStore(Settings(redis_url=redis_url, max_waiting_bytes=10_000))
    assert _flood(store, ALICE, bytes(1000)) == 5
    assert _flood(store, BOB, bytes(900)) == 3
    store.close()


def test_who_comes_without_a_key_may_fill_the_queue(store: JobStore) -> None:
    for _ in range(PLACES):
        store.create(owner=ANONYMOUS)
    for owner in (ANONYMOUS, ALICE):
        with pytest.raises(QueueFullError):
            store.create(owner=owner)


def _cancel(store: JobStore, job_id: JobId) -> None:
    store.cancel(job_id, ALICE)


def _delete(store: JobStore, job_id: JobId) -> None:
    store.delete(job_id, ALICE)


@pytest.mark.parametrize(
    "end", [succeed, fail, lose_workers, _cancel, _delete], ids=lambda end: end.__name__
)
def test_an_end_however_it_comes_gives_the_place_back(
    store: JobStore, end: Callable[[JobStore, JobId], None]
) -> None:
    job_id = store.create(bytes(500), owner=ALICE)
    store.create(owner=ALICE)

    end(store, job_id)

    assert store.redis.hgetall(keys.OPEN_JOBS) == {b"alice": b"1"}
    assert store.redis.hgetall(keys.OPEN_BYTES) == {b"alice": b"%d" % len(RECORDING)}
    for waiting in store.waiting():
        end(store, JobId(waiting))
    assert not store.redis.exists(keys.OPEN_JOBS, keys.OPEN_BYTES)
