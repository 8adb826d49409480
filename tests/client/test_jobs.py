"""Jobs that wait, since no worker comes: canceling, listing, and the same key again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cough_client import CoughClient, errors
from tests.client.both_clients import Kind, either_client
from tests.client.command import cough, json_lines
from tests.end_to_end.processes import Program, free_port, running
from tests.support.redis_server import RedisServer


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway without a worker."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    port = free_port()
    gateway = ["-m", "api", "--port", str(port)]
    with running(lambda: Program(*gateway, REDIS_URL=server.url), "running on"):
        yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def waiting(kind: Kind, url: str) -> Iterator[CoughClient]:
    """A client of it."""
    with either_client(kind, url) as client:
        yield client


def test_a_canceled_job_stays_canceled(waiting: CoughClient, recordings: list[Path]) -> None:
    job = waiting.submit(recordings[0])
    assert waiting.cancel(job.id).status == "canceled"
    assert waiting.wait(job.id).status == "canceled"
    with pytest.raises(errors.JobEndedError):
        waiting.cancel(job.id)
    with pytest.raises(errors.JobNotFoundError):
        waiting.cancel("0" * 32)


def test_a_wait_that_is_too_short(waiting: CoughClient, recordings: list[Path]) -> None:
    with pytest.raises(errors.WaitTimeoutError) as caught:
        waiting.diagnose(recordings[0], timeout_s=1)
    assert caught.value.job_id is not None
    assert waiting.job(caught.value.job_id).status == "queued"


def test_watching_sees_the_end_as_it_comes(waiting: CoughClient, recordings: list[Path]) -> None:
    job = waiting.submit(recordings[0])
    waiting.cancel(job.id)
    assert [job.status for job in waiting.watch(job.id)][-1] == "canceled"


def test_jobs_are_listed_newest_first(waiting: CoughClient, recordings: list[Path]) -> None:
    made = [waiting.submit(recording).id for recording in recordings[:3]]
    waiting.cancel(made[1])
    listed = [job.id for job in waiting.jobs()]
    assert listed[:3] == made[::-1]
    queued = [job.id for job in waiting.jobs(status="queued", model="sick-sounds")]
    assert queued[:2] == [made[2], made[0]]
    assert made[1] in [job.id for job in waiting.jobs(status="canceled")]
    assert list(waiting.jobs(model="no-such-model")) == []
    with pytest.raises(errors.InvalidRequestError):
        list(waiting.jobs(status="no-such-status"))


def test_the_same_key_is_the_same_job(waiting: CoughClient, recordings: list[Path]) -> None:
    key = f"visit {recordings[0].stat().st_mtime_ns} {type(waiting).__name__}"
    first = waiting.submit(recordings[0], idempotency_key=key)
    again = waiting.submit(recordings[0], idempotency_key=key)
    assert first.id == again.id
    with pytest.raises(errors.IdempotencyKeyReusedError):
        waiting.submit(recordings[1], idempotency_key=key)
    assert waiting.submit(recordings[0]).id != first.id


def test_the_command_lists_and_cancels(url: str, recordings: list[Path]) -> None:
    with CoughClient(url) as client:
        older, newer = (client.submit(recording) for recording in recordings[:2])
    listed = cough("jobs", "--limit=2", "--format=json", server=url)
    assert [line["id"] for line in json_lines(listed.stdout)] == [newer.id, older.id]
    canceled = cough("cancel", older.id, server=url)
    assert (canceled.returncode, canceled.stdout) == (0, "canceled\n")
    assert cough("cancel", older.id, server=url).returncode == 1
    watched = cough("watch", older.id, server=url)
    assert (watched.returncode, watched.stdout.splitlines()[0]) == (4, "queued")
    table = cough("jobs", "--status=canceled", server=url, COLUMNS="200")
    assert older.id in table.stdout
    assert "not a medical device" in table.stdout
