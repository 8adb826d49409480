"""Whose fault it is that a time limit was reached: the recording's, or the machine's.

A limit is on the time that passes. It passes as well while the worker is stopped, or waits for a
Redis that does not answer, and nobody's recording is to fail for that.
"""

from __future__ import annotations

from time import monotonic

import psutil

_LEAST_SHARE = 0.5  # of the time; children that share too few cores get about that


class WorkingTime:
    """How much a process works from now on.

    Args:
        pid: of the process, this one or a child.
    """

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._began = monotonic()
        self._worked_s = _cpu_s(self._process)

    def hindered(self) -> bool:
        """Whether the process was kept from working for most of the time, or is gone."""
        try:
            worked_s = _cpu_s(self._process) - self._worked_s
        except psutil.NoSuchProcess:
            return True
        return worked_s < _LEAST_SHARE * (monotonic() - self._began)


def _cpu_s(process: psutil.Process) -> float:
    """Seconds of CPU time, of all its threads."""
    times = process.cpu_times()
    return float(times.user + times.system)
