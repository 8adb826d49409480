"""What a pool child gives up before it reads what strangers sent.

A decoder that was taken over by a recording has what its process has. So the process keeps what a
diagnosis takes, and the kernel refuses it the rest, for good: none of this can be undone.
"""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import stat
import sys

from shared.settings import Settings

logger = logging.getLogger(__name__)

# A child is replaced after so many messages, which also bounds what it may use of the CPU.
JOBS_PER_CHILD = 1000
OPEN_FILES = 64  # it has some 20, and opens a bundle's one after another
METRICS_BYTES = 16 * 1024**2  # prometheus_client makes a file of 1 MiB, and doubles it
_PR_SET_NO_NEW_PRIVS = 38


def fence_this_process(settings: Settings) -> None:
    """Give up what no diagnosis takes; on Linux alone.

    - New privileges: a set-uid program that it starts is an ordinary one.
    - Memory: an allocation beyond `WORKER_MEMORY_BYTES` of address space fails.
    - CPU time: what `JOBS_PER_CHILD` jobs take if each takes all of its time.
    - Files: none is written to, unless the log goes into one, or metrics do: then none grows
      beyond `METRICS_BYTES`. `OPEN_FILES` are open at once.
    - Processes and threads: none is started (the kernel exempts root).
    - Core dumps: none, so that no recording is left in one.

    Raises:
        OSError: the kernel refuses. Then the process is as it was, or half fenced, and must not
            go on.
    """
    if sys.platform != "linux":
        logger.warning("pool children are fenced on Linux alone: take recordings that you know")
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _limit(resource.RLIMIT_AS, settings.worker_memory_bytes)
    _limit(resource.RLIMIT_CPU, JOBS_PER_CHILD * settings.hard_time_limit_s)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_NPROC, 0)
    if not any(_is_a_file(stream) for stream in (1, 2)):
        _limit(resource.RLIMIT_FSIZE, METRICS_BYTES if settings.metrics_port else 0)
    # Not 0: at 1 alone the kernel starts no program that takes core dumps either
    # (fs/coredump.c); into a file it writes none below a page.
    _limit(resource.RLIMIT_CORE, 1)


def _limit(what: int, most: int) -> None:
    """Set both the limit and how far it may be raised, unless they are lower already."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def _is_a_file(descriptor: int) -> bool:
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError:  # closed
        return False
