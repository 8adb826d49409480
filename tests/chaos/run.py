"""One run: recordings are sent, faults are injected one after the other, and all is settled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic

import redis

from shared.audio_format import AudioFormat
from shared.queue import QUEUE, UNACKED
from tests.chaos.account import Account, settle
from tests.chaos.fault import Fault
from tests.chaos.kills import (
    ChildKilled,
    ClockBack,
    ClockForward,
    GatewayKilled,
    RedisKilled,
    WorkerKilled,
    WorkerKilledAndClockBack,
    WorkerStopped,
    WorkerTerminated,
)
from tests.chaos.partitions import NetworkCut, NetworkSilent
from tests.chaos.senders import Senders
from tests.chaos.starvation import DiskFull, MemoryFull
from tests.chaos.system import System, running_system
from tests.support.recordings import cough, encode

KINDS: tuple[type[Fault], ...] = (
    ChildKilled,
    WorkerKilled,
    WorkerTerminated,
    WorkerStopped,
    GatewayKilled,
    RedisKilled,
    DiskFull,
    MemoryFull,
    NetworkCut,
    NetworkSilent,
    ClockForward,
    ClockBack,
    WorkerKilledAndClockBack,
)

_PATIENCE_S = 60.0  # with a recovery; far above what is promised, so that a miss is measured
_RATE = 16_000
_SAY = partial(print, flush=True)


@dataclass(frozen=True, slots=True)
class Recovery:
    """After one fault. `jobs_s` runs until all that had been accepted before and one that was sent
    after have ended; `whole_s` until each part has shown that it works; `own_s`, see the fault.
    """

    kind: str
    jobs_s: float
    whole_s: float
    own_s: float | None = None

    @property
    def seconds(self) -> float:
        """What is compared with the promise."""
        return self.jobs_s if self.own_s is None else self.own_s


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one run."""

    seed: int
    seconds: float
    recoveries: tuple[Recovery, ...]
    skipped: dict[str, str]
    account: Account
    answers: dict[str, int]
    unexpected: tuple[str, ...]


def recordings() -> list[bytes]:
    """Three coughers, of 5, 20 and 55 s, so that faults meet jobs at every step."""
    lengths = (5.0, 20.0, 55.0)
    return [
        encode(cough(seconds, seed=number), _RATE, AudioFormat.MP3)
        for number, seconds in enumerate(lengths)
    ]


def run(
    folder: Path,
    seed: int,
    jobs: int,
    rounds: int = 1,
    kinds: Sequence[type[Fault]] = KINDS,
    say: Callable[[str], object] = _SAY,
) -> Outcome:
    """Send so many jobs while each kind of fault is injected `rounds` times, in any order.

    Some more are sent where a fault finds none to hit.
    """
    random = Random(seed)
    began = monotonic()
    with running_system(folder) as system:
        senders = Senders(system.url, recordings(), random)
        plan = [
            kind(system, random, lambda: senders.release(1))
            for kind in kinds
            for _ in range(rounds)
        ]
        skipped = {fault.kind: fault.impossible() for fault in plan if fault.impossible()}
        plan = [fault for fault in plan if fault.kind not in skipped]
        random.shuffle(plan)
        recoveries = []
        try:
            for number, fault in enumerate(plan):
                due = jobs * (number + 1) // len(plan) - jobs * number // len(plan)
                recovery = _inject(system, senders, fault, due)
                recoveries.append(recovery)
                say(
                    f"{monotonic() - began:6.1f} s  {fault.kind}: recovered in "
                    f"{recovery.seconds:.1f} s, whole in {recovery.whole_s:.1f} s"
                )
        finally:
            senders.finish(2 * _PATIENCE_S)  # a key that was reserved stays so for a minute
        _come_to_rest(system)
        account = settle(system, senders)
    return Outcome(
        seed,
        monotonic() - began,
        tuple(recoveries),
        skipped,
        account,
        dict(senders.answers),
        tuple(senders.unexpected),
    )


def _inject(system: System, senders: Senders, fault: Fault, jobs: int) -> Recovery:
    """One of the jobs is sent when the fault is over; the others are under way when it comes."""
    senders.release(jobs - 1)
    threading.Event().wait(fault.random.uniform(0, 0.3))
    fault.hit()
    hit = monotonic()
    before = set(senders.accepted)
    own_s = None
    if fault.own_recovery() is not None:
        _until(lambda: fault.own_recovery() is True)
        own_s = monotonic() - hit
    threading.Event().wait(fault.lasts_s)
    fault.lift()
    since = monotonic() if fault.from_lift else hit
    followed = threading.Thread(target=lambda: before.add(senders.follow_one()))
    followed.start()
    followed.join(_PATIENCE_S)
    _until(lambda: not before & senders.open())
    jobs_s = monotonic() - since
    _until(lambda: _succeeds(system.forget_heartbeats))
    _until(system.all_work)
    whole_s = monotonic() - since
    _until(lambda: not senders.open())
    return Recovery(fault.kind, jobs_s, whole_s, own_s)


def _come_to_rest(system: System) -> None:
    """Wait until no message is in the queue or in a worker's hands but beats."""
    _until(lambda: not (system.redis.llen(QUEUE) or system.redis.hlen(UNACKED)))


def _succeeds(action: Callable[[], object]) -> bool:
    try:
        action()
    except redis.RedisError:
        return False
    return True


def _until(condition: Callable[[], bool]) -> bool:
    """Wait for it, but not for ever: a miss is told by the figures."""
    deadline = monotonic() + _PATIENCE_S
    pause = threading.Event()
    while not condition():
        if monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True
