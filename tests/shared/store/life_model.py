"""The life of a few jobs: all that can happen next, done by the real scripts on a real Redis.

A state is what Redis holds and which attempts are under way. Each action takes the store from one
state to the next, and says what must hold of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import redis

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError, JobEndedError, TimeLimitError
from shared.job import JobId
from shared.queue import QUEUE, UNACKED
from shared.store import keys
from shared.store.attempts import Attempt, NotBegun
from tests.support.job_store import MODEL, RECORDING, WORKER, JobStore
from tests.support.results import RESULT
from worker.recovery import Recovery


@dataclass(frozen=True, order=True)
class Hand:
    """A delivery: of which job, by which attempt, and where that stands.

    - `phase`: `works`, `done` (its end is told to Redis, its message not yet given back) or `dead`.
    - `tag`: of the message it holds; empty: that was given to somebody else meanwhile.
    """

    job: int
    token: str
    phase: str
    tag: str


@dataclass(frozen=True)
class World:
    """What is not in Redis: who is at work, and what was promised and told."""

    hands: tuple[Hand, ...] = ()
    deliveries: tuple[int, ...] = (0, 0)
    ends_told: tuple[int, ...] = (0, 0)
    cancel_promised: tuple[bool, ...] = (False, False)
    expired: tuple[bool, ...] = (False, False)
    gone: tuple[bool, ...] = (False, False)
    faults: int = 0

    def having(self, field: str, job: int, value: object) -> World:
        """The same, but for one job's entry of a field."""
        entries = list(getattr(self, field))
        entries[job] = value
        changed: dict[str, Any] = {field: tuple(entries)}
        return replace(self, **changed)

    def with_hand(self, old: Hand | None, new: Hand | None) -> World:
        """The same, but for one delivery."""
        hands = [hand for hand in self.hands if hand is not old]
        return replace(self, hands=tuple(sorted([*hands, new] if new else hands)))


Action = Callable[[World], World]
ENDS = ("succeed", "fail", "time out", "stop if unwanted")


class Life:
    """All actions on the jobs of a store."""

    def __init__(
        self,
        store: JobStore,
        recovery: Recovery,
        jobs: list[JobId],
        ends: tuple[str, ...],
        copies: int,
        faults: int,
    ) -> None:
        """At most so many messages of one job at a time, and so many faults in all."""
        self.store = store
        self.redis: redis.Redis = store.redis
        self.jobs = jobs
        self._recovery = recovery
        self._ends = ends
        self._copies = copies
        self._faults = faults

    def actions(self, world: World) -> Iterator[tuple[str, Action]]:
        """Whatever can happen now. Faults are counted, and there are so many of them at most."""
        queued = self.queued()
        for job in range(len(self.jobs)):
            if not world.gone[job]:
                yield f"cancel {job}", partial(self._cancel, job=job)
                yield f"delete {job}", partial(self._delete, job=job)
                if self._status(job) in ("queued", "running"):
                    if not world.expired[job]:
                        yield f"recording {job} expires", partial(self._expire, job=job)
                else:
                    yield f"result {job} expires", partial(self._forget, job=job)
            if queued.get(job):
                yield f"deliver {job}", partial(self.deliver, job=job)
                if world.faults < self._faults:
                    yield f"lose {job}", partial(self._lose, job=job)
                    if self._messages(world, job) < self._copies:
                        yield f"double {job}", partial(self._double, job=job)
        for hand in world.hands:
            if hand.phase == "works":
                for how in self._ends:
                    yield f"{how} {hand.token}", partial(self.end, hand=hand, how=how)
            if hand.phase == "done":
                yield f"acknowledge {hand.token}", partial(self._acknowledge, hand=hand)
            if hand.phase != "dead" and world.faults < self._faults:
                yield f"kill {hand.token}", partial(self._kill, hand=hand)
            if hand.tag and (hand.phase == "dead" or world.faults < self._faults):
                yield f"give out {hand.token}", partial(self.give_out, hand=hand)
        yield "sweep", self.sweep

    def queued(self) -> dict[int, int]:
        """How many messages wait, by job."""
        waiting = self._waiting()
        counts = {job: sum(self._of(job, one) for one in waiting) for job in range(len(self.jobs))}
        return {job: count for job, count in counts.items() if count}

    def deliver(self, world: World, job: int) -> World:
        """A worker takes a message and begins, unless the store tells it that it need not."""
        message = next(one for one in reversed(self._waiting()) if self._of(job, one))
        number = world.deliveries[job] + 1
        token, tag = f"{WORKER}:{job}{number:02d}:x", f"{job}{number:02d}"
        self.redis.lrem(QUEUE, -1, message.decode())
        self.redis.hset(UNACKED, tag, b'[%s, "", ""]' % message)
        answer = self.store.attempts.begin(self.jobs[job], token, WORKER)
        world = world.having("deliveries", job, number)
        if isinstance(answer, Attempt):
            assert not world.cancel_promised[job], "begun though it was to be canceled"
            return world.with_hand(None, Hand(job, token, "works", tag))
        if answer in (NotBegun.LOST, NotBegun.EXPIRED, NotBegun.CANCELED):
            world = self._told(world, job)
        return world.with_hand(None, Hand(job, token, "done", tag))

    def end(self, world: World, hand: Hand, how: str) -> World:
        """An attempt ends its job, or finds that it may not."""
        job_id = self.jobs[hand.job]
        attempt = Attempt(job_id, hand.token, RECORDING, AudioFormat.WAV, MODEL)
        before = self.redis.hgetall(keys.job_key(job_id))
        newest = before.get(b"attempt") == hand.token.encode()
        if how == "succeed":
            counts = self.store.attempts.succeed(attempt, RESULT)
        elif how == "fail":
            counts = self.store.attempts.fail(job_id, hand.token, CorruptAudioError("no"))
        elif how == "time out":
            prefix = hand.token.removesuffix("x")
            counts = self.store.attempts.fail(job_id, prefix, TimeLimitError("late"))
        elif self.store.attempts.wanted(attempt):
            assert newest, "an attempt goes on that is not the newest"
            return world
        else:
            counts = self.store.attempts.cancel(attempt)
        if newest:
            assert self._status(hand.job) != "running", "the newest attempt did not end its job"
            world = self._told(world, hand.job)
        else:
            assert not counts, "a late end counted"
            assert self.redis.hgetall(keys.job_key(job_id)) == before, (
                "a late end changed something"
            )
        return world.with_hand(hand, replace(hand, phase="done") if hand.tag else None)

    def give_out(self, world: World, hand: Hand) -> World:
        """The visibility timeout: its message is put back, whether or not it is still at work."""
        message = cast(bytes, self.redis.hget(UNACKED, hand.tag))
        self.redis.hdel(UNACKED, hand.tag)
        self.redis.rpush(QUEUE, message.removeprefix(b"[").removesuffix(b', "", ""]'))
        if hand.phase == "dead":
            return world.with_hand(hand, None)
        later = replace(hand, tag="") if hand.phase == "works" else None
        return replace(world, faults=world.faults + 1).with_hand(hand, later)

    def sweep(self, world: World) -> World:
        """Recovery looks twice, long after."""
        for key in (keys.QUEUED, keys.RUNNING):
            for member in cast(list[bytes], self.redis.zrange(key, 0, -1)):
                self.redis.zadd(key, {member: 0})
        with_message = {job for job in range(len(self.jobs)) if self._messages(world, job)}
        self._recovery.sweep()
        found = {self.jobs.index(job_id) for job_id in self._recovery.sweep()}
        alive = {job for job in range(len(self.jobs)) if self._status(job) in ("queued", "running")}
        assert found == alive - with_message, "recovery queues what has lost its message, no other"
        return world

    def _cancel(self, world: World, job: int) -> World:
        before = self._status(job)
        try:
            self.store.cancel(self.jobs[job])
        except JobEndedError:
            assert before not in ("queued", "running")
            return world
        assert before in ("queued", "running")
        world = world.having("cancel_promised", job, True)
        return self._told(world, job) if before == "queued" else world

    def _delete(self, world: World, job: int) -> World:
        self.store.delete(self.jobs[job])
        return world.having("gone", job, True)

    def _expire(self, world: World, job: int) -> World:
        self.redis.delete(keys.recording_key(self.jobs[job]))
        return world.having("expired", job, True)

    def _forget(self, world: World, job: int) -> World:
        self.redis.delete(keys.job_key(self.jobs[job]))
        return world.having("gone", job, True)

    def _lose(self, world: World, job: int) -> World:
        message = next(one for one in self._waiting() if self._of(job, one))
        self.redis.lrem(QUEUE, 1, message.decode())
        return replace(world, faults=world.faults + 1)

    def _double(self, world: World, job: int) -> World:
        message = next(one for one in self._waiting() if self._of(job, one))
        self.redis.lpush(QUEUE, message)
        return replace(world, faults=world.faults + 1)

    def _acknowledge(self, world: World, hand: Hand) -> World:
        self.redis.hdel(UNACKED, hand.tag)
        return world.with_hand(hand, None)

    def _kill(self, world: World, hand: Hand) -> World:
        world = replace(world, faults=world.faults + 1)
        return world.with_hand(hand, replace(hand, phase="dead") if hand.tag else None)

    def _told(self, world: World, job: int) -> World:
        return world.having("ends_told", job, world.ends_told[job] + 1)

    def _messages(self, world: World, job: int) -> int:
        held = sum(hand.job == job and bool(hand.tag) for hand in world.hands)
        return held + self.queued().get(job, 0)

    def _waiting(self) -> list[bytes]:
        return cast(list[bytes], self.redis.lrange(QUEUE, 0, -1))

    def _of(self, job: int, message: bytes) -> bool:
        return self.jobs[job].encode() in message

    def _status(self, job: int) -> str | None:
        status = cast(bytes | None, self.redis.hget(keys.job_key(self.jobs[job]), "status"))
        return status.decode() if status else None
