"""Any history of deliveries, deaths, late ends, cancels and deletions, against a model of it all.

A job ends exactly once and never changes afterwards; its recording is kept exactly until then.
"""

from __future__ import annotations

from dataclasses import dataclass

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError, JobEndedError, JobNotFoundError, QueueFullError
from shared.job import Job, JobId, JobStatus
from shared.settings import Settings
from shared.store import keys
from shared.store.attempts import Attempt, NotBegun
from tests.support.job_store import MODEL, RECORDING, WORKER, JobStore
from tests.support.results import RESULT

MAX_WAITING = 3
MAX_DELIVERIES = 3


@dataclass
class Model:
    """What we expect of one job. `status` None: deleted."""

    job_id: JobId
    status: str | None = "queued"
    deliveries: int = 0
    token: str | None = None
    expired: bool = False
    to_cancel: bool = False
    version: int = 1
    at_end: Job | None = None

    @property
    def alive(self) -> bool:
        return self.status in ("queued", "running")


class History(RuleBasedStateMachine):
    """Runs on an emptied store; `test_any_history` gives it one."""

    store: JobStore
    jobs = Bundle("jobs")
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.store.redis.flushall()
        self.models: list[Model] = []
        self.token_count = 0

    @rule(target=jobs)
    def create(self) -> int:
        if sum(model.status == "queued" for model in self.models) < MAX_WAITING:
            self.models.append(Model(self.store.create()))
        else:
            try:
                self.store.create()
            except QueueFullError:
                pass
            else:
                raise AssertionError("the bound on waiting jobs does not hold")
        return len(self.models) - 1

    @rule(target=tokens, job=jobs)
    def deliver(self, job: int) -> str:
        """A message arrives: the first, one doubled, or one that a dead worker left."""
        model = self.models[job]
        self.token_count += 1
        token = f"worker:{self.token_count:04d}"

        answer = self.store.attempts.begin(model.job_id, token, WORKER)

        if model.status is None:
            assert answer is NotBegun.GONE
        elif not model.alive:
            assert answer is NotBegun.ENDED
        elif model.to_cancel:
            assert answer is NotBegun.CANCELED
            self._ended(model, "canceled")
        elif model.deliveries >= MAX_DELIVERIES:
            assert answer is NotBegun.LOST
            self._ended(model, "failed", "worker_lost")
        elif model.expired:
            assert answer is NotBegun.EXPIRED
            self._ended(model, "failed", "recording_expired")
        else:
            assert isinstance(answer, Attempt)
            assert answer.recording == RECORDING
            model.status, model.token = "running", token
            model.deliveries += 1
            model.version += 1
        return token

    @rule(
        job=jobs,
        any_token=tokens,
        newest=st.booleans(),
        how=st.sampled_from(["succeeded", "failed", "canceled"]),
    )
    def end(self, job: int, any_token: str, newest: bool, how: str) -> None:
        """The newest attempt, or any there ever was, of this job or another, tries to end it."""
        model = self.models[job]
        token = model.token if newest and model.token else any_token
        attempt = Attempt(model.job_id, token, RECORDING, AudioFormat.WAV, MODEL)
        ends = model.status == "running" and model.token == token
        counts = ends and (how == "canceled" or not model.to_cancel)

        if how == "succeeded":
            assert self.store.attempts.succeed(attempt, RESULT) is counts
        elif how == "failed":
            error = CorruptAudioError("no")
            assert self.store.attempts.fail(model.job_id, token, error) is counts
        else:
            assert self.store.attempts.cancel(attempt) is counts

        if ends:
            self._ended(model, how if counts else "canceled", "corrupt_audio")

    @rule(job=jobs, token=tokens)
    def look(self, job: int, token: str) -> None:
        """Any attempt there ever was asks whether to go on."""
        model = self.models[job]
        attempt = Attempt(model.job_id, token, RECORDING, AudioFormat.WAV, MODEL)
        running = model.status == "running" and model.token == token
        assert self.store.attempts.wanted(attempt) is (running and not model.to_cancel)

    @rule(job=jobs)
    def cancel(self, job: int) -> None:
        """The sender does not want it any more."""
        model = self.models[job]
        try:
            self.store.cancel(model.job_id)
        except JobNotFoundError:
            assert model.status is None
        except JobEndedError:
            assert model.status is not None
            assert not model.alive
        else:
            assert model.alive
            if model.status == "queued":
                self._ended(model, "canceled")
            else:
                model.to_cancel = True

    @rule(job=jobs)
    def delete(self, job: int) -> None:
        model = self.models[job]
        try:
            self.store.delete(model.job_id)
        except JobNotFoundError:
            assert model.status is None
        else:
            assert model.status is not None
        model.status = None

    @rule(job=jobs)
    def expire(self, job: int) -> None:
        """The recording's time to live runs out."""
        model = self.models[job]
        self.store.redis.delete(keys.recording_key(model.job_id))
        model.expired = model.expired or model.alive

    @invariant()
    def jobs_are_as_expected(self) -> None:
        for model in self.models:
            if model.status is None:
                assert not self.store.redis.exists(keys.job_key(model.job_id))
                continue
            stored = self.store.stored(model.job_id)
            job = stored.job
            assert job.status == model.status
            assert stored.version == model.version
            statuses = [change.status for change in stored.history]
            assert sum(status.terminal for status in statuses) == (not model.alive)
            if not model.alive:
                assert job == model.at_end

    @invariant()
    def recordings_are_kept_until_the_end(self) -> None:
        for model in self.models:
            kept = bool(self.store.redis.exists(keys.recording_key(model.job_id)))
            assert kept == (model.alive and not model.expired)

    @invariant()
    def bytes_are_counted_until_the_end(self) -> None:
        alive = sum(model.alive for model in self.models)
        assert int(self.store.redis.get(keys.BYTES) or 0) == alive * len(RECORDING)
        assert self.store.redis.hlen(keys.SIZES) == alive

    @invariant()
    def sets_are_consistent(self) -> None:
        assert self.store.waiting() == self._with_status("queued")
        assert self.store.running() == self._with_status("running")

    def _with_status(self, status: str) -> set[str]:
        return {model.job_id for model in self.models if model.status == status}

    def _ended(self, model: Model, status: str, code: str = "") -> None:
        model.status = status
        model.version += 1
        model.at_end = self.store.read(model.job_id)
        assert (model.at_end.status is JobStatus.SUCCEEDED) == (model.at_end.result is not None)
        if status == "failed":
            assert model.at_end.error is not None
            assert model.at_end.error.code == code


def test_any_history(redis_url: str) -> None:
    settings = Settings(
        redis_url=redis_url, max_waiting_jobs=MAX_WAITING, max_deliveries=MAX_DELIVERIES
    )
    History.store = JobStore(settings)
    History.store.redis.config_set("appendfsync", "no")  # nothing dies here: be quick
    try:
        run_state_machine_as_test(
            History, settings=hypothesis.settings(max_examples=200, stateful_step_count=40)
        )
    finally:
        History.store.redis.config_set("appendfsync", "always")
        History.store.close()
