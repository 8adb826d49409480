"""A job's pictures: kept by its one end, found by its owner, gone with it."""

from __future__ import annotations

import pytest

from shared.errors import (
    CorruptAudioError,
    JobNotEndedError,
    JobNotFoundError,
    PicturesNotMadeError,
    ScreeningError,
)
from shared.job import ANONYMOUS, JobId, Options, Owner
from shared.pictures import PictureFormat, PictureName, Pictures
from shared.store import keys
from shared.store.pictures import KeptPictures
from tests.support.job_store import JobStore
from tests.support.results import RESULT

WANTED = Options(pictures=True)
PICTURES: Pictures = {
    (name, form): f"{name} as {form}".encode() * 100
    for name in PictureName
    for form in PictureFormat
}
OTHERS: Pictures = dict.fromkeys(PICTURES, b"late")


def _read(
    store: JobStore,
    job_id: JobId,
    owner: Owner = ANONYMOUS,
    name: PictureName = PictureName.SPECTROGRAM,
    form: PictureFormat = PictureFormat.PNG,
) -> bytes:
    return store.wait(KeptPictures(store.submissions.redis).read(owner, job_id, name, form))


def _ended(store: JobStore, owner: Owner = ANONYMOUS) -> JobId:
    attempt = store.begin(store.create(owner=owner, options=WANTED), "token")
    assert store.attempts.succeed(attempt, RESULT, PICTURES)
    return attempt.job_id


def test_the_attempt_knows_whether_they_are_wanted(job_store: JobStore) -> None:
    wanted, not_wanted = job_store.create(options=WANTED), job_store.create()

    assert job_store.begin(wanted, "token").pictures
    assert not job_store.begin(not_wanted, "token").pictures


@pytest.mark.parametrize("form", PictureFormat)
@pytest.mark.parametrize("name", PictureName)
def test_each_comes_back_as_it_was(
    job_store: JobStore, name: PictureName, form: PictureFormat
) -> None:
    assert _read(job_store, _ended(job_store), name=name, form=form) == PICTURES[name, form]


def test_they_expire_with_the_job(job_store: JobStore) -> None:
    job_id = _ended(job_store)

    left_ms = [
        job_store.redis.pttl(key) for key in (keys.job_key(job_id), keys.pictures_key(job_id))
    ]

    assert 0 < left_ms[0] <= job_store.settings.result_ttl_s * 1000
    assert left_ms[1] == pytest.approx(left_ms[0], abs=1000)


def test_they_go_with_the_job(job_store: JobStore) -> None:
    job_id = _ended(job_store)
    assert job_store.redis.exists(keys.pictures_key(job_id))

    job_store.delete(job_id)

    assert set(job_store.redis.scan_iter()) <= {keys.WORKERS.encode()}
    with pytest.raises(JobNotFoundError):
        _read(job_store, job_id)


def test_another_owner_finds_no_job(job_store: JobStore) -> None:
    job_id = _ended(job_store, Owner("alice"))

    assert _read(job_store, job_id, Owner("alice"))
    for other in (Owner("bob"), ANONYMOUS):
        with pytest.raises(JobNotFoundError):
            _read(job_store, job_id, other)


def test_a_late_attempt_s_are_never_kept(job_store: JobStore) -> None:
    late = job_store.begin(job_store.create(options=WANTED), "first")
    newest = job_store.begin(late.job_id, "second")

    assert not job_store.attempts.succeed(late, RESULT, OTHERS)
    assert not job_store.redis.exists(keys.pictures_key(late.job_id))
    assert job_store.attempts.succeed(newest, RESULT, PICTURES)
    assert not job_store.attempts.succeed(late, RESULT, OTHERS)

    assert _read(job_store, late.job_id) == PICTURES[PictureName.SPECTROGRAM, PictureFormat.PNG]


def test_a_deleted_job_s_are_never_kept(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(options=WANTED), "token")
    job_store.delete(attempt.job_id)

    assert not job_store.attempts.succeed(attempt, RESULT, PICTURES)

    assert not job_store.redis.exists(keys.pictures_key(attempt.job_id))


def _refusal(store: JobStore, job_id: JobId) -> ScreeningError:
    with pytest.raises(ScreeningError) as refused:
        _read(store, job_id)
    return refused.value


def test_before_the_end_they_are_not_there_yet(job_store: JobStore) -> None:
    job_id = job_store.create(options=WANTED)
    assert isinstance(_refusal(job_store, job_id), JobNotEndedError)

    job_store.begin(job_id, "token")
    assert isinstance(_refusal(job_store, job_id), JobNotEndedError)


def test_unasked_for_they_never_will_be(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(), "token")
    before = _refusal(job_store, attempt.job_id)
    job_store.attempts.succeed(attempt, RESULT)

    for refused in (before, _refusal(job_store, attempt.job_id)):
        assert isinstance(refused, PicturesNotMadeError)
        assert "pictures=true" in refused.detail


@pytest.mark.parametrize(
    ("end", "why"), [("failed", "failed"), ("canceled", "canceled"), ("succeeded", "our fault")]
)
def test_an_end_without_them_says_why(job_store: JobStore, end: str, why: str) -> None:
    attempt = job_store.begin(job_store.create(options=WANTED), "token")
    if end == "failed":
        job_store.attempts.fail(attempt.job_id, attempt.token, CorruptAudioError("no"))
    elif end == "canceled":
        job_store.cancel(attempt.job_id)
        assert not job_store.attempts.succeed(attempt, RESULT, PICTURES)
    else:
        job_store.attempts.succeed(attempt, RESULT)

    refused = _refusal(job_store, attempt.job_id)

    assert isinstance(refused, PicturesNotMadeError)
    assert why in refused.detail


def test_a_full_redis_still_ends_the_job_with_them(job_store: JobStore) -> None:
    attempt = job_store.begin(job_store.create(options=WANTED), "token")
    job_store.redis.config_set("maxmemory", 1)
    try:
        assert job_store.attempts.succeed(attempt, RESULT, PICTURES)
    finally:
        job_store.redis.config_set("maxmemory", 0)

    assert _read(job_store, attempt.job_id) == PICTURES[PictureName.SPECTROGRAM, PictureFormat.PNG]
