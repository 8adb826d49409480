"""What a fault is to the run that injects it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from random import Random
from time import monotonic
from typing import ClassVar, cast

import psutil
import redis

from shared.store import keys
from tests.chaos.kept import Kept
from tests.chaos.system import System
from tests.end_to_end.processes import eventually

_VICTIM_S = 40.0
_MORE_AFTER_S = 0.3


class Fault(ABC):
    """One fault, to be hit and lifted once.

    Class attributes say what is promised:

    - `kind`: its name in the table.
    - `promise_s`: the longest recovery that is promised; None: none is.
    - `from_lift`: recovery is counted from the lift: nothing can go on while the fault lasts.
    """

    kind: ClassVar[str]
    promise_s: ClassVar[float | None] = 15.0
    from_lift: ClassVar[bool] = False

    def __init__(self, system: System, random: Random, more: Callable[[], object]) -> None:
        """`more` lets another recording be sent, where a fault waits for a job to hit."""
        self.system = system
        self.random = random
        self._more = more
        self._asked = monotonic()

    def impossible(self) -> str:
        """Why it cannot be done on this machine; empty: it can."""
        return ""

    @property
    def lasts_s(self) -> float:
        """From hit to lift."""
        return 0.0

    @abstractmethod
    def hit(self) -> None:
        """Begin, in the middle of a job where that is what hurts."""

    def lift(self) -> None:  # noqa: B027 (a kill needs none: whoever keeps the program starts it)
        """End."""

    def own_recovery(self) -> bool | None:
        """Whether what was hit is whole; None: it is when the jobs accepted before have ended."""
        return None

    def any_worker(self) -> Kept:
        """One of the two."""
        return self.random.choice(self.system.workers)

    def child_in_mid_job(self, worker: Kept) -> tuple[psutil.Process, bytes]:
        """A pool child of the worker that is at a job, and that job's id."""
        found: list[tuple[psutil.Process, bytes]] = []

        def look() -> bool:
            for job_id in cast(list[bytes], self.system.redis.zrange(keys.RUNNING, 0, -1)):
                token = self.attempt_at(job_id) or b""
                name, _, rest = token.decode().partition(":")
                if name == f"worker@{worker.name}":
                    found.append((psutil.Process(int(rest.partition(":")[0])), job_id))
            if not found and monotonic() - self._asked > _MORE_AFTER_S:
                self._asked = monotonic()
                self._more()
            return bool(found)

        self._asked = monotonic()
        eventually(look, _VICTIM_S, f"{worker.name} is at a job")
        return found[0]

    def attempt_at(self, job_id: bytes) -> bytes | None:
        """The token of the attempt that is at a job."""
        job = keys.JOB.encode() + job_id
        return cast(bytes | None, self.system.redis.hget(job.decode(), "attempt"))

    def maxmemory(self, limit: int) -> None:
        """Set Redis's bound on its memory."""
        self.system.redis.config_set("maxmemory", limit)

    def redis_is(self, there: bool) -> None:
        """Wait until Redis answers, or no longer does."""

        def as_wanted() -> bool:
            try:
                return bool(self.system.redis.ping()) == there
            except redis.RedisError:
                return not there

        eventually(as_wanted, _VICTIM_S, f"Redis is {'there' if there else 'away'}")
