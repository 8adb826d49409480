"""A key makes one job, whoever sends it again and whenever."""

from __future__ import annotations

import pytest

from shared.audio_format import AudioFormat
from shared.errors import IdempotencyInProgressError, JobNotFoundError, QueueFullError
from shared.job import ANONYMOUS, JobId, Owner
from shared.settings import Settings
from shared.store import keys, submissions
from shared.store.idempotency import Made, Reservation
from shared.store.submissions import Once
from tests.support.job_store import MODEL, NOTHING_ELSE, RECORDING, JobStore
from tests.support.results import RESULT

KEY = "5f0c8a1e"
ALICE = Owner("alice")


def _reserve(store: JobStore, key: str = KEY, owner: Owner = ANONYMOUS) -> Reservation:
    reservation = store.wait(store.idempotency.reserve(owner, key))
    assert isinstance(reservation, Reservation)
    return reservation


def _create(store: JobStore, reservation: Reservation) -> JobId:
    once = Once(reservation, "fingerprint")
    stored = store.submissions.create(
        ANONYMOUS, RECORDING, AudioFormat.WAV, MODEL, NOTHING_ELSE, once
    )
    return JobId(store.wait(stored).job.id)


def test_a_key_that_has_made_a_job_gives_it(job_store: JobStore) -> None:
    job_id = _create(job_store, _reserve(job_store))

    made = job_store.wait(job_store.idempotency.reserve(ANONYMOUS, KEY))

    assert made == Made(job_id, "fingerprint")


def test_a_key_under_way_is_refused(job_store: JobStore) -> None:
    _reserve(job_store)

    with pytest.raises(IdempotencyInProgressError):
        _reserve(job_store)


def test_a_key_given_back_is_free(job_store: JobStore) -> None:
    job_store.wait(job_store.idempotency.release(_reserve(job_store)))
    assert list(job_store.redis.scan_iter()) == []

    _reserve(job_store)


def test_only_its_holder_gives_a_key_back(job_store: JobStore) -> None:
    late = _reserve(job_store)
    job_store.redis.delete(late.key)  # as its time to live would
    _reserve(job_store)

    job_store.wait(job_store.idempotency.release(late))

    with pytest.raises(IdempotencyInProgressError):
        _reserve(job_store)


def test_a_key_that_has_made_a_job_is_not_given_back(job_store: JobStore) -> None:
    reservation = _reserve(job_store)
    job_id = _create(job_store, reservation)

    job_store.wait(job_store.idempotency.release(reservation))

    made = job_store.wait(job_store.idempotency.reserve(ANONYMOUS, KEY))
    assert made == Made(job_id, "fingerprint")


def test_of_twins_that_overtake_each_other_one_makes_the_job(job_store: JobStore) -> None:
    slow = _reserve(job_store)
    job_store.redis.delete(slow.key)  # it took longer than keys are reserved for
    quick = _reserve(job_store)
    with pytest.raises(IdempotencyInProgressError):
        _create(job_store, slow)  # while the other is under way

    job_id = _create(job_store, quick)

    with pytest.raises(IdempotencyInProgressError):
        _create(job_store, slow)  # and when it has made the job
    assert job_store.waiting() == {job_id}


def test_a_reservation_that_ran_out_still_makes_a_job(job_store: JobStore) -> None:
    slow = _reserve(job_store)
    job_store.redis.delete(slow.key)

    job_id = _create(job_store, slow)

    assert job_store.waiting() == {job_id}


def test_reservations_and_keys_run_out(job_store: JobStore) -> None:
    reservation = _reserve(job_store)
    assert 0 < job_store.redis.ttl(reservation.key) <= 60

    _create(job_store, reservation)

    assert 60 < job_store.redis.ttl(reservation.key) <= job_store.settings.result_ttl_s


def test_a_deleted_job_leaves_no_key(job_store: JobStore) -> None:
    job_id = _create(job_store, _reserve(job_store))

    job_store.delete(job_id)

    with pytest.raises(JobNotFoundError):
        job_store.read(job_id)
    assert list(job_store.redis.scan_iter()) == []


def test_the_key_of_an_ended_job_still_gives_it(job_store: JobStore) -> None:
    job_id = _create(job_store, _reserve(job_store))
    job_store.attempts.succeed(job_store.begin(job_id, "token"), RESULT)

    assert isinstance(job_store.wait(job_store.idempotency.reserve(ANONYMOUS, KEY)), Made)


def test_a_full_queue_changes_no_key(redis_url: str) -> None:
    store = JobStore(Settings(redis_url=redis_url, max_waiting_jobs=1))
    store.create()
    reservation = _reserve(store)

    with pytest.raises(QueueFullError):
        _create(store, reservation)

    assert store.redis.get(reservation.key) == reservation.value.encode()
    store.close()


def test_each_owner_has_keys_of_their_own(job_store: JobStore) -> None:
    hers, his = _reserve(job_store, owner=ALICE), _reserve(job_store, owner=Owner("bob"))
    assert hers.key != his.key
    assert _reserve(job_store, "another", ALICE).key != hers.key
    assert KEY not in hers.key  # it may say something of its sender


def test_a_call_whose_answer_was_lost_makes_no_second_job(
    job_store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client library sends a command again when the connection breaks before its answer."""
    monkeypatch.setattr(submissions, "new_job_id", lambda: JobId("0" * 32))
    reservation = _reserve(job_store)

    assert _create(job_store, reservation) == _create(job_store, reservation)

    assert job_store.stored(JobId("0" * 32)).version == 1
    assert int(job_store.redis.get(keys.BYTES) or 0) == len(RECORDING)
