"""Both sides of the job store on a real Redis, and a look behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar, cast

import pytest
import redis

from shared.audio_format import AudioFormat
from shared.job import ANONYMOUS, Job, JobId, ModelReference, Options, Owner
from shared.settings import Settings
from shared.store import keys
from shared.store.attempts import Attempt, Attempts
from shared.store.batches import Batches
from shared.store.idempotency import Idempotency
from shared.store.listing import Listing
from shared.store.records import StoredJob
from shared.store.submissions import Health, Submissions

MODEL = ModelReference.parse("sick-sounds@2.0.0")
RECORDING = b"RIFF, and then the sound of a cough"
WORKER = "worker@test"
NOTHING_ELSE = Options()

T = TypeVar("T")


class JobStore:
    """The gateway's side without asyncio, the worker's side, and Redis itself."""

    def __init__(
        self, settings: Settings, message_of: Callable[[JobId], str] | None = None
    ) -> None:
        self.settings = settings
        self.attempts = Attempts(settings)
        self.redis = self.attempts.redis
        self._loop = asyncio.Runner()
        self.submissions = Submissions(settings, message_of)
        self.batches = Batches(settings, self.submissions.redis)
        self.idempotency = Idempotency(self.submissions.redis)
        self.listing = Listing(self.submissions.redis)

    def create(
        self,
        recording: bytes = RECORDING,
        owner: Owner = ANONYMOUS,
        options: Options = NOTHING_ELSE,
    ) -> JobId:
        """Accept a recording."""
        stored = self.submissions.create(owner, recording, AudioFormat.WAV, MODEL, options)
        return JobId(self.wait(stored).job.id)

    def read(self, job_id: JobId, owner: Owner = ANONYMOUS) -> Job:
        """The job as the gateway shows it."""
        return self.stored(job_id, owner).job

    def stored(self, job_id: JobId, owner: Owner = ANONYMOUS) -> StoredJob:
        """The job, and how it came to where it stands."""
        return self.wait(self.submissions.read(owner, job_id))

    def delete(self, job_id: JobId, owner: Owner = ANONYMOUS) -> None:
        """Forget it."""
        self.wait(self.submissions.delete(owner, job_id))

    def cancel(self, job_id: JobId, owner: Owner = ANONYMOUS) -> None:
        """End it, or let its attempt end it."""
        self.wait(self.submissions.cancel(owner, job_id))

    def health(self) -> Health:
        """What readiness is judged by."""
        return self.wait(self.submissions.health())

    def begin(self, job_id: JobId, token: str) -> Attempt:
        """Begin an attempt, which must be possible."""
        attempt = self.attempts.begin(job_id, token, WORKER)
        assert isinstance(attempt, Attempt), attempt
        return attempt

    def keys_that_hold(self, needle: bytes) -> list[bytes]:
        """Every key of Redis, of whatever type, in whose value the bytes occur."""
        return [key for key in self.redis.scan_iter() if needle in (self.redis.dump(key) or b"")]

    def waiting(self) -> set[str]:
        """The jobs that Redis holds to be queued."""
        return self._members(keys.QUEUED)

    def running(self) -> set[str]:
        """The jobs that Redis holds to be running."""
        return self._members(keys.RUNNING)

    def close(self) -> None:
        """Give the connections back."""
        self.wait(self.submissions.close())
        self._loop.close()
        self.redis.close()

    def _members(self, key: str) -> set[str]:
        members = cast(list[bytes], self.redis.zrange(key, 0, -1))
        return {member.decode() for member in members}

    def wait(self, answer: Awaitable[T]) -> T:
        """What the gateway's side answers."""

        async def awaited() -> T:
            return await answer

        return self._loop.run(awaited())


@pytest.fixture
def job_store(redis_url: str) -> Iterator[JobStore]:
    """An empty store."""
    store = JobStore(Settings(redis_url=redis_url))
    yield store
    store.close()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of an empty Redis."""
    with redis.Redis.from_url(redis_url) as client:
        yield client
