"""The network between a worker and Redis: cut, or silent."""

from __future__ import annotations

from tests.chaos.fault import Fault
from tests.chaos.kept import Kept


class _Partition(Fault):
    @property
    def lasts_s(self) -> float:
        """Shorter or longer than the queue waits for the worker."""
        return self.random.uniform(4, 14)

    def lift(self) -> None:
        """Let connections through again."""
        self.system.network.mend()

    def far_worker_at_a_job(self) -> None:
        """Wait until the worker behind the network is."""
        far: Kept = self.system.workers[1]
        self.child_in_mid_job(far)


class NetworkCut(_Partition):
    """Connections are reset, and new ones too."""

    kind = "network cut"

    def hit(self) -> None:
        """Cut."""
        self.far_worker_at_a_job()
        self.system.network.cut()


class NetworkSilent(_Partition):
    """Nothing arrives any more, and no side is told; old connections stay dead afterwards."""

    kind = "network silent"

    def hit(self) -> None:
        """Hush."""
        self.far_worker_at_a_job()
        self.system.network.fall_silent()
