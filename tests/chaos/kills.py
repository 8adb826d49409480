"""Processes that are killed, stopped, or asked to go."""

from __future__ import annotations

import json
import signal

from shared.queue import QUEUE
from shared.store import keys
from tests.chaos.fault import Fault
from tests.chaos.kept import Kept


class ChildKilled(Fault):
    """SIGKILL to a pool child in mid-job. Recovered: its job is in the queue or in other hands."""

    kind = "pool child killed"
    promise_s = 1.0
    _job_id = b""
    _attempt: bytes | None = None

    def hit(self) -> None:
        """Kill it."""
        worker = self.any_worker()
        while True:
            child, self._job_id = self.child_in_mid_job(worker)
            self._attempt = self._attempt_now()
            child.kill()
            if self._runs():
                return  # else the job had ended a moment before

    def own_recovery(self) -> bool:
        """Whether another may take its job, or has, or it ended in the very moment."""
        if self._attempt_now() != self._attempt or not self._runs():
            return True
        waiting = self.system.redis.lrange(QUEUE, 0, -1)
        return self._job_id.decode() in {json.loads(one)["headers"]["id"] for one in waiting}

    def _runs(self) -> bool:
        return self.system.redis.zscore(keys.RUNNING, self._job_id) is not None

    def _attempt_now(self) -> bytes | None:
        return self.attempt_at(self._job_id)


class WorkerKilled(Fault):
    """SIGKILL to a worker and its pool children, in mid-job."""

    kind = "worker killed"

    def hit(self) -> None:
        """Kill all of it."""
        worker = self.any_worker()
        self.child_in_mid_job(worker)
        worker.kill()


class WorkerTerminated(Fault):
    """SIGTERM to a worker in mid-job: it ends what it has begun."""

    kind = "worker asked to stop"

    def hit(self) -> None:
        """Ask."""
        worker = self.any_worker()
        self.child_in_mid_job(worker)
        worker.send(signal.SIGTERM)


class WorkerStopped(Fault):
    """SIGSTOP to a worker and its children in mid-job, for longer than the visibility timeout."""

    kind = "worker stopped, then continued"
    _worker: Kept

    @property
    def lasts_s(self) -> float:
        """Longer than the queue waits for the worker."""
        return self.system.settings().visibility_timeout_s + self.random.uniform(1.5, 4)

    def hit(self) -> None:
        """SIGSTOP."""
        self._worker = self.any_worker()
        self.child_in_mid_job(self._worker)
        self._signal(signal.SIGSTOP)

    def lift(self) -> None:
        """SIGCONT: it believes that no time has passed."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        main = self._worker.process
        for process in [main, *main.children(recursive=True)]:
            process.send_signal(number)


class GatewayKilled(Fault):
    """SIGKILL to the gateway while uploads arrive. Recovered: it has accepted again."""

    kind = "gateway killed"
    promise_s = None

    def hit(self) -> None:
        """Kill it."""
        self.system.gateway.kill()


class RedisKilled(Fault):
    """SIGKILL to Redis, which starts again from its append-only file."""

    kind = "Redis killed"
    promise_s = 10.0

    def hit(self) -> None:
        """Kill it in mid-job."""
        self.child_in_mid_job(self.any_worker())
        self.system.redis_server.kill()
        self.redis_is(there=True)


class ClockStepped(Fault):
    """The wall clock of a machine is stepped, and stays so."""

    _by_s = 3600

    def impossible(self) -> str:
        """Without libfaketime."""
        return "" if self.system.here.environment else "libfaketime is not installed here"

    def hit(self) -> None:
        """Set it."""
        self.child_in_mid_job(self.any_worker())
        clock = self.random.choice([self.system.here, self.system.there])
        clock.step(self._by_s + self.random.randrange(60))


class ClockForward(ClockStepped):
    """By an hour: what is held looks old, and is given out again."""

    kind = "clock an hour forward"


class ClockBack(ClockStepped):
    """By an hour: what is held looks as if it came from the future."""

    kind = "clock an hour back"
    _by_s = -3660


class WorkerKilledAndClockBack(WorkerKilled):
    """Redis's clock goes back by an hour, and then a worker dies with messages in hand."""

    kind = "clock an hour back, worker killed"

    def impossible(self) -> str:
        """Without libfaketime."""
        return "" if self.system.here.environment else "libfaketime is not installed here"

    def hit(self) -> None:
        """Step, then kill."""
        worker = self.any_worker()
        self.child_in_mid_job(worker)
        self.system.here.step(-3600)
        worker.kill()
