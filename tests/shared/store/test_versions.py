"""Each change of a job is one version of it, told to whoever listens, and can be looked up."""

from __future__ import annotations

from shared.errors import CorruptAudioError
from shared.job import JobStatus, Options
from shared.store import keys
from tests.support.job_store import JobStore
from tests.support.results import RESULT


def test_each_change_is_a_version(job_store: JobStore) -> None:
    job_id = job_store.create()
    assert job_store.stored(job_id).version == 1

    job_store.begin(job_id, "first")
    assert job_store.stored(job_id).version == 2

    attempt = job_store.begin(job_id, "second")  # the first one's worker died
    assert job_store.stored(job_id).version == 3

    job_store.attempts.succeed(attempt, RESULT)
    stored = job_store.stored(job_id)
    assert [change.status for change in stored.history] == [
        JobStatus.QUEUED,
        JobStatus.RUNNING,
        JobStatus.RUNNING,
        JobStatus.SUCCEEDED,
    ]


def test_what_changes_nothing_makes_no_version(job_store: JobStore) -> None:
    job_id = job_store.create()
    job_store.begin(job_id, "token")

    assert not job_store.attempts.fail(job_id, "another", CorruptAudioError("no"))

    assert job_store.stored(job_id).version == 2


def test_a_job_can_be_seen_as_it_was(job_store: JobStore) -> None:
    job_id = job_store.create()
    then = [job_store.read(job_id)]
    attempt = job_store.begin(job_id, "token")
    then.append(job_store.read(job_id))
    job_store.attempts.succeed(attempt, RESULT)
    then.append(job_store.read(job_id))

    stored = job_store.stored(job_id)

    assert [stored.at(version).job for version in (1, 2, 3)] == then


def test_every_change_of_a_job_is_published(job_store: JobStore) -> None:
    with job_store.redis.pubsub(ignore_subscribe_messages=True) as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(keys.CHANGES)
        listener.get_message(timeout=5)  # that we listen
        job_id = job_store.create()
        attempt = job_store.begin(job_id, "token")
        job_store.attempts.succeed(attempt, RESULT)
        job_store.delete(job_id)

        heard = [listener.get_message(timeout=5) for _ in range(3)]

        assert [message and message["data"] for message in heard] == [job_id.encode()] * 3
        assert listener.get_message(timeout=0.05) is None


def test_what_was_asked_for_is_kept_with_the_job(job_store: JobStore) -> None:
    asked = Options(pictures=True, webhook_url="https://example.org/hook")
    both, none = job_store.create(options=asked), job_store.create()

    kept = [
        job_store.redis.hmget(keys.job_key(job_id), "pictures", "webhook_url")
        for job_id in (both, none)
    ]

    assert kept == [[b"1", b"https://example.org/hook"], [None, None]]
