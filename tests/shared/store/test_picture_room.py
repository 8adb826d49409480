"""All kept pictures together have a bound; beyond it the oldest of whoever keeps most make room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.errors import PicturesNotMadeError
from shared.job import ANONYMOUS, JobId, Options, Owner
from shared.pictures import PictureFormat, PictureName, Pictures
from shared.settings import Settings
from shared.store import keys
from shared.store.pictures import KeptPictures
from tests.support.job_store import JobStore
from tests.support.results import RESULT

ALICE, BOB = Owner("alice"), Owner("bob")
WANTED = Options(pictures=True)
SIZE = 1000
PICTURES: Pictures = {(PictureName.SPECTROGRAM, PictureFormat.PNG): bytes(SIZE)}
ROOM = 4
BOOKS = {
    key.encode()
    for key in (keys.PICTURE_BYTES, keys.PICTURE_SIZES, keys.PICTURE_OWNERS, keys.PICTURES_KEPT)
}


@pytest.fixture
def store(redis_url: str) -> Iterator[JobStore]:
    store = JobStore(Settings(redis_url=redis_url, max_picture_bytes=ROOM * SIZE))
    yield store
    store.close()


def _ended(store: JobStore, owner: Owner = ANONYMOUS, pictures: Pictures = PICTURES) -> JobId:
    attempt = store.begin(store.create(owner=owner, options=WANTED), "token")
    assert store.attempts.succeed(attempt, RESULT, pictures)
    return attempt.job_id


def _kept(store: JobStore) -> set[str]:
    found = store.redis.scan_iter(f"{keys.PICTURES_OF}*")
    return {key.decode().removeprefix(keys.PICTURES_OF) for key in found}


def test_the_oldest_make_room(store: JobStore) -> None:
    jobs = [_ended(store) for _ in range(3 * ROOM)]

    assert _kept(store) == set(jobs[-ROOM:])
    assert int(store.redis.get(keys.PICTURE_BYTES) or 0) == ROOM * SIZE


def test_whoever_asks_for_them_is_told_and_the_diagnosis_stands(store: JobStore) -> None:
    first = _ended(store)
    for _ in range(ROOM):
        _ended(store)

    with pytest.raises(PicturesNotMadeError, match="make room"):
        store.wait(
            KeptPictures(store.submissions.redis).read(
                ANONYMOUS, first, PictureName.SPECTROGRAM, PictureFormat.PNG
            )
        )
    assert store.read(first).result == RESULT
    assert store.stored(first).pictures


def test_a_flood_of_one_key_drops_its_own(store: JobStore) -> None:
    bobs = _ended(store, BOB)
    for _ in range(3 * ROOM):
        alices = _ended(store, ALICE)

    assert {bobs, alices} <= _kept(store)
    assert len(_kept(store)) == ROOM


def test_pictures_larger_than_all_the_room_are_not_kept(store: JobStore) -> None:
    huge: Pictures = dict.fromkeys(PICTURES, bytes(ROOM * SIZE + 1))

    job_id = _ended(store, pictures=huge)

    assert _kept(store) == set()
    assert store.read(job_id).result == RESULT
    assert not BOOKS & set(store.redis.scan_iter())


def test_what_expires_or_is_deleted_gives_its_room_back(store: JobStore) -> None:
    jobs = [_ended(store) for _ in range(ROOM)]
    store.delete(jobs[0])
    # As if their time had come: Redis itself forgets pictures and job, and not the books.
    store.redis.delete(keys.pictures_key(jobs[1]), keys.job_key(jobs[1]))
    store.redis.zadd(keys.PICTURES_KEPT, {jobs[1]: 1})

    added = [_ended(store), _ended(store)]

    assert _kept(store) == {*jobs[2:], *added}
    assert not store.redis.exists(keys.job_key(jobs[1]))


def test_the_books_are_closed_with_the_last(store: JobStore) -> None:
    jobs = [_ended(store, owner) for owner in (ALICE, BOB)]
    assert set(store.redis.scan_iter()) > BOOKS
    for key in BOOKS:
        assert 0 < store.redis.ttl(key) <= store.settings.result_ttl_s

    for job_id, owner in zip(jobs, (ALICE, BOB), strict=True):
        store.delete(job_id, owner)

    assert set(store.redis.scan_iter()) <= {keys.WORKERS.encode()}
