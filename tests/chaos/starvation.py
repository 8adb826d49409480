"""Redis without room: on its disk, or in its memory."""

from __future__ import annotations

from tests.chaos.fault import Fault


class DiskFull(Fault):
    """Redis's disk is full. It then ends itself rather than accept what it cannot keep."""

    kind = "Redis's disk full"
    promise_s = 10.0
    from_lift = True

    def impossible(self) -> str:
        """Where a small disk cannot be mounted."""
        return self.system.disk.why_not

    @property
    def lasts_s(self) -> float:
        """A few of its restarts."""
        return self.random.uniform(2, 6)

    def hit(self) -> None:
        """Fill it, and see Redis go."""
        self.child_in_mid_job(self.any_worker())
        self.system.disk.fill()
        self.redis_is(there=False)

    def lift(self) -> None:
        """Make room."""
        self.system.disk.clear()
        self.redis_is(there=True)


class MemoryFull(Fault):
    """Redis has reached its `maxmemory` and forgets nothing: it refuses what needs room."""

    kind = "Redis's memory full"
    promise_s = 10.0
    from_lift = True

    @property
    def lasts_s(self) -> float:
        """Long enough for every worker to meet it."""
        return self.random.uniform(3, 8)

    def hit(self) -> None:
        """Let nothing more be kept than is."""
        self.child_in_mid_job(self.any_worker())
        self.maxmemory(1024**2)

    def lift(self) -> None:
        """Take the bound away."""
        self.maxmemory(0)
