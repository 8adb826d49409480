"""A batch tells what each of its files has become, to its owner, as long as its jobs are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.audio_format import AudioFormat
from shared.errors import BatchNotFoundError, CorruptAudioError, UnsupportedFormatError
from shared.job import ANONYMOUS, JobId, JobStatus, Owner
from shared.store import keys
from shared.store.batches import BatchId, Item, Place, Refusal, StoredBatch, new_batch_id
from tests.support.job_store import MODEL, NOTHING_ELSE, RECORDING, JobStore
from tests.support.results import RESULT


def _enter(store: JobStore, batch_id: BatchId, index: int) -> JobId:
    stored = store.submissions.create(
        ANONYMOUS, RECORDING, AudioFormat.WAV, MODEL, NOTHING_ELSE, place=Place(batch_id, index)
    )
    return JobId(store.wait(stored).job.id)


def _read(store: JobStore, batch_id: BatchId, owner: Owner = ANONYMOUS) -> StoredBatch:
    return store.wait(store.batches.read(owner, batch_id))


def _ttl(store: JobStore, batch_id: BatchId) -> int:
    return int(store.redis.ttl(keys.batch_key(batch_id)))


def test_jobs_and_refusals_stand_in_order(job_store: JobStore) -> None:
    batch_id = new_batch_id()
    first, third = _enter(job_store, batch_id, 0), _enter(job_store, batch_id, 2)
    refused = {1: UnsupportedFormatError("[no sound]")}

    job_store.wait(job_store.batches.seal(ANONYMOUS, batch_id, 3, refused))

    batch = _read(job_store, batch_id)
    assert [item.job_id for item in batch.items] == [first, None, third]
    assert batch.items[0].job == job_store.stored(first)
    assert batch.items[1] == Item(
        refusal=Refusal(
            "unsupported_format", "The file is not in a known audio format", 415, "[no sound]"
        )
    )


def test_until_it_is_sealed_there_is_none(job_store: JobStore) -> None:
    batch_id = new_batch_id()
    _enter(job_store, batch_id, 0)

    for unknown in (batch_id, new_batch_id()):
        with pytest.raises(BatchNotFoundError):
            _read(job_store, unknown)


def test_nobody_else_sees_it(job_store: JobStore) -> None:
    batch_id = new_batch_id()
    job_store.wait(job_store.batches.seal(Owner("alice"), batch_id, 0, {}))

    _read(job_store, batch_id, Owner("alice"))
    for other in (Owner("bob"), ANONYMOUS):
        with pytest.raises(BatchNotFoundError):
            _read(job_store, batch_id, other)


def _succeed(store: JobStore, job_id: JobId) -> None:
    store.attempts.succeed(store.begin(job_id, "token"), RESULT)


def _fail(store: JobStore, job_id: JobId) -> None:
    store.begin(job_id, "token")
    store.attempts.fail(job_id, "token", CorruptAudioError("no"))


@pytest.mark.parametrize(
    "end", [_succeed, _fail, JobStore.cancel, JobStore.delete], ids=lambda end: end.__name__
)
def test_it_expires_with_the_last_of_its_jobs(
    job_store: JobStore, end: Callable[[JobStore, JobId], None]
) -> None:
    batch_id = new_batch_id()
    first = _enter(job_store, batch_id, 0)
    end(job_store, first)  # so quick that the second is not there yet
    second = _enter(job_store, batch_id, 1)
    job_store.wait(job_store.batches.seal(ANONYMOUS, batch_id, 2, {}))
    assert _ttl(job_store, batch_id) == -1

    end(job_store, second)

    assert job_store.settings.result_ttl_s - 60 < _ttl(job_store, batch_id)


def test_one_whose_jobs_have_all_ended_before_it_is_sealed_expires(job_store: JobStore) -> None:
    batch_id = new_batch_id()
    _succeed(job_store, _enter(job_store, batch_id, 0))

    job_store.wait(job_store.batches.seal(ANONYMOUS, batch_id, 1, {}))

    assert _ttl(job_store, batch_id) > 0
    item = _read(job_store, batch_id).items[0]
    assert item.job is not None
    assert item.job.job.status is JobStatus.SUCCEEDED


def test_one_without_a_job_expires(job_store: JobStore) -> None:
    batch_id = new_batch_id()
    refused = {0: UnsupportedFormatError("no sound")}

    job_store.wait(job_store.batches.seal(ANONYMOUS, batch_id, 1, refused))

    assert _ttl(job_store, batch_id) > 0


def test_a_deleted_job_is_gone_from_it(job_store: JobStore) -> None:
    batch_id = new_batch_id()
    job_id = _enter(job_store, batch_id, 0)
    job_store.wait(job_store.batches.seal(ANONYMOUS, batch_id, 1, {}))

    job_store.delete(job_id)

    assert _read(job_store, batch_id).items == [Item(job_id)]
