"""What is kept is kept for a time, by Redis's own clock; the file on disk remembers longer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import redis

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from shared.job import JobId, Options, Owner
from shared.pictures import PictureFormat, PictureName, Pictures
from shared.settings import Settings
from shared.store import keys
from shared.store.batches import Place, new_batch_id
from shared.store.idempotency import Reservation
from shared.store.submissions import Once
from tests.end_to_end.processes import eventually
from tests.support.job_store import MODEL, JobStore
from tests.support.redis_server import RedisServer
from tests.support.results import RESULT

ALICE = Owner("alice-of-the-test")
RECORDING = random.Random(0).randbytes(1000)  # or Redis would compress it
EVERYTHING = Options(pictures=True, webhook_url="https://example.org/")
PICTURES: Pictures = {(PictureName.SPECTROGRAM, PictureFormat.PNG): b"a picture"}
# Of the service: who works, and what is due to be told, from which the courier takes what is gone.
WITHOUT_AN_END = {keys.WORKERS.encode(), keys.WEBHOOKS_DUE.encode()}


def _accept(store: JobStore) -> JobId:
    """A job with all that one may have."""
    batch = new_batch_id()
    key = keys.idempotency_key(ALICE, "digest")
    store.redis.set(key, "pending:token", ex=60)
    stored = store.wait(
        store.submissions.create(
            ALICE,
            RECORDING,
            AudioFormat.WAV,
            MODEL,
            EVERYTHING,
            Once(Reservation(key, "pending:token"), "fingerprint"),
            Place(batch, 0),
        )
    )
    store.wait(store.batches.seal(ALICE, batch, 1, {}))
    return JobId(stored.job.id)


def _end(store: JobStore, job_id: JobId, how: str) -> None:
    if how == "canceled":
        store.cancel(job_id, ALICE)
        return
    attempt = store.begin(job_id, "token")
    if how == "succeeded":
        assert store.attempts.succeed(attempt, RESULT, PICTURES)
    else:
        assert store.attempts.fail(job_id, "token", CorruptAudioError("no"))


@pytest.mark.parametrize("how", ["succeeded", "failed", "canceled"])
def test_every_key_of_an_ended_job_expires(job_store: JobStore, how: str) -> None:
    _end(job_store, _accept(job_store), how)

    settings = job_store.settings
    longest = settings.result_ttl_s + settings.recording_ttl_s
    kept = set(job_store.redis.scan_iter()) - WITHOUT_AN_END
    assert len(kept) >= 4
    for key in kept:
        assert 0 < job_store.redis.ttl(key) <= longest, key


def test_when_its_time_has_come_nothing_of_it_is_left(redis_url: str) -> None:
    store = JobStore(Settings(redis_url=redis_url, result_ttl_s=1, recording_ttl_s=1))
    job_id = _accept(store)
    _end(store, job_id, "succeeded")

    eventually(lambda: set(store.redis.scan_iter()) <= WITHOUT_AN_END, 10, "all has expired")
    store.close()


def _holding(server: RedisServer, needle: bytes) -> list[Path]:
    """The files of Redis in which the bytes occur."""
    with redis.Redis.from_url(server.url) as client:
        folder = Path(str(client.config_get("dir")["dir"]))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if needle in path.read_bytes()]


def test_the_file_on_disk_remembers_until_it_is_rewritten(own_redis_server: RedisServer) -> None:
    store = JobStore(Settings(redis_url=own_redis_server.url))
    job_id = _accept(store)
    _end(store, job_id, "succeeded")
    store.delete(job_id, ALICE)
    assert store.keys_that_hold(RECORDING) == []
    # A batch goes on to say that there was a job of this id, until it expires.
    batch = keys.batch_key("").encode()
    assert [key.startswith(batch) for key in store.keys_that_hold(job_id.encode())] == [True]
    assert _holding(own_redis_server, RECORDING)

    store.redis.bgrewriteaof()

    def rewritten() -> bool:
        info = store.redis.info("persistence")
        return not (info["aof_rewrite_in_progress"] or info["aof_rewrite_scheduled"])

    eventually(rewritten, 30, "the append-only file is rewritten")
    assert _holding(own_redis_server, RECORDING) == []
    store.close()
