"""Every state that a few jobs can reach, with a few faults in any order: each keeps the promises.

`life_model.py` says what can happen. All of it is tried from every state, breadth first, until no
new state is found. From each it is then shown that, without further faults, every job ends.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
import redis

from shared.job import JobId
from shared.queue import QUEUE, UNACKED, job_messages, make_celery
from shared.settings import Settings
from shared.store import keys
from shared.store.records import stored_job
from tests.shared.store.life_model import ENDS, Action, Life, World
from tests.support.job_store import RECORDING, JobStore
from worker.recovery import Recovery

MAX_DELIVERIES = 2

Dumps = tuple[tuple[bytes, bytes], ...]


class Explorer:
    """Goes through the states."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.redis: redis.Redis = life.redis
        self.transitions = 0

    def explore(self) -> int:
        """Try everything; give the number of states."""
        first = World()
        start = (self._dump(), first)
        seen = {self._told_apart_by(first)}
        to_do: deque[tuple[tuple[Dumps, World], tuple[str, ...]]] = deque([(start, ("accepted",))])
        while to_do:
            (dumps, world), path = to_do.popleft()
            self._restore(dumps)
            before = self._records()
            for name, action in list(self.life.actions(world)):
                self._restore(dumps)
                after = self._try(name, action, world, path)
                self._check(before, world, after, (*path, name))
                state = self._told_apart_by(after)
                if state not in seen:
                    seen.add(state)
                    to_do.append(((self._dump(), after), (*path, name)))
            self._restore(dumps)
            self._settle(world, path)
        return len(seen)

    def _try(self, name: str, action: Action, world: World, path: tuple[str, ...]) -> World:
        self.transitions += 1
        try:
            return action(world)
        except AssertionError as error:
            raise AssertionError(f"{error} after {path} and {name}") from error

    def _check(
        self,
        before: dict[JobId, dict[bytes, bytes]],
        old: World,
        world: World,
        path: tuple[str, ...],
    ) -> None:
        """The promises, in one state."""
        alive = 0
        records = self._records()
        for job, job_id in enumerate(self.life.jobs):
            record = records[job_id]
            waits = self.redis.zscore(keys.QUEUED, job_id) is not None
            runs = self.redis.zscore(keys.RUNNING, job_id) is not None
            kept = bool(self.redis.exists(keys.recording_key(job_id)))
            assert bool(record) == (not world.gone[job]), path  # nothing accepted is lost
            assert world.ends_told[job] <= 1, path
            if not record:
                assert (waits, runs, kept) == (False, False, False), path
                continue
            stored = stored_job(job_id, record)
            states = [change.status for change in stored.history]
            status = states[-1]
            ended = status.terminal
            alive += not ended
            assert sum(one.terminal for one in states) == ended == world.ends_told[job], path
            assert (waits, runs) == (status == "queued", status == "running"), path
            assert kept == (not ended and not world.expired[job]), path
            assert (stored.job.result is not None) == (status == "succeeded"), path
            assert (stored.job.error is not None) == (status == "failed"), path
            assert record.get(b"status") == status.encode(), path
            assert states.count(status.RUNNING) <= MAX_DELIVERIES, path
            if ended and world.cancel_promised[job]:
                assert status == "canceled", path
            if ended and old.ends_told[job]:
                assert record == before[job_id], path  # what has ended never changes
        assert int(self.redis.get(keys.BYTES) or 0) == alive * len(RECORDING), path
        assert self.redis.hlen(keys.SIZES) == alive, path

    def _settle(self, world: World, path: tuple[str, ...]) -> None:
        """All attempts die, and nothing more goes wrong: recovery and another worker end it."""
        for hand in world.hands:
            if hand.tag:
                world = self.life.give_out(world, replace(hand, phase="dead"))
        world = replace(world, hands=())
        world = self.life.sweep(world)
        while queued := self.life.queued():
            world = self.life.deliver(world, next(iter(queued)))
            (hand,) = world.hands
            if hand.phase == "works":
                world = self.life.end(world, hand, "succeed")
            self.redis.hdel(UNACKED, hand.tag)
            world = replace(world, hands=())
        for job, job_id in enumerate(self.life.jobs):
            record = self._records()[job_id]
            if not world.gone[job]:
                assert stored_job(job_id, record).job.status.terminal, path
                assert world.ends_told[job] == 1, path
        left = (keys.QUEUED, keys.RUNNING, keys.SIZES, keys.BYTES, QUEUE, UNACKED)
        assert not self.redis.exists(*left), path
        assert not list(self.redis.scan_iter(keys.recording_key(JobId("*")))), path

    def _records(self) -> dict[JobId, dict[bytes, bytes]]:
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in self.life.jobs:
                pipe.hgetall(keys.job_key(job_id))
            return dict(zip(self.life.jobs, pipe.execute(), strict=True))

    def _told_apart_by(self, world: World) -> tuple[object, ...]:
        """All that matters of a state: no times, and no tags."""
        jobs = []
        for record in self._records().values():
            kept = {name: value for name, value in record.items() if name != b"history"}
            history = record.get(b"history", b"").decode().split(",")
            states = tuple(entry.partition(":")[0] for entry in history)
            jobs.append((states, *sorted(kept.items())))
        return (world, tuple(sorted(self.life.queued().items())), *jobs)

    def _dump(self) -> Dumps:
        names = cast(list[bytes], sorted(self.redis.keys()))
        with self.redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.dump(name)
            return tuple(zip(names, pipe.execute(), strict=True))

    def _restore(self, dumps: Dumps) -> None:
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.flushdb()
            for name, dump in dumps:
                pipe.restore(name, 0, dump)
            pipe.execute()


@pytest.fixture
def quick_redis(redis_url: str) -> Iterator[str]:
    """Nothing dies here: be quick."""
    with redis.Redis.from_url(redis_url) as client:
        client.config_set("appendfsync", "no")
        yield redis_url
        client.config_set("appendfsync", "always")


# The search for more takes minutes: four faults in one job's life, one in two jobs'.
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "search"


@pytest.mark.parametrize(
    ("jobs", "ends", "copies", "faults", "least"),
    [
        pytest.param(1, ENDS, 2, 4 if DEEP else 2, 1500, id="one job"),
        pytest.param(2, ("succeed", "stop if unwanted"), 1, int(DEEP), 900, id="two jobs"),
    ],
)
def test_every_state(
    quick_redis: str, jobs: int, ends: tuple[str, ...], copies: int, faults: int, least: int
) -> None:
    settings = Settings(redis_url=quick_redis, max_deliveries=MAX_DELIVERIES)
    app = make_celery(settings)
    store = JobStore(settings, job_messages(app))
    job_ids = [store.create() for _ in range(jobs)]
    recovery = Recovery(store.redis, app, "worker@test")
    explorer = Explorer(Life(store, recovery, job_ids, ends, copies, faults))
    try:
        states = explorer.explore()
    finally:
        store.close()
        app.close()
    print(f"{states} states, {explorer.transitions} transitions")
    assert states > least
