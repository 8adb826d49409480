"""The real worker, but for two functions: recordings of these lengths, or with the content whose
SHA-256 `POISON_SHA256` is, hurt the process they are in, and pictures cannot be drawn. With
`JOBS_PER_CHILD`, its pool children are replaced after so many.

Only tests start this module; the product has no such hook, and its images have no tests.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from typing import Any

import worker.tasks
from worker.__main__ import main
from worker.celery_app import app
from worker.pipeline import examine_recording

KILLS, SPINS, SLEEPS, SLOW = 20_001, 20_002, 20_003, 100_004
DEAF_AND_SPINS, DEAF_AND_SLEEPS = 20_005, 20_006
POISON_SHA256 = os.environ.get("POISON_SHA256", "")


def _diagnose_or_suffer(recording: bytes, *arguments: Any) -> Any:
    if len(recording) == KILLS or hashlib.sha256(recording).hexdigest() == POISON_SHA256:
        os.kill(os.getpid(), signal.SIGKILL)
    if len(recording) == SLOW:
        time.sleep(2)
    if len(recording) in (DEAF_AND_SPINS, DEAF_AND_SLEEPS):
        # To the soft limit's signal, as a decoder's C code would be.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    if len(recording) in (SLEEPS, DEAF_AND_SLEEPS):
        time.sleep(60)
    if len(recording) in (SPINS, DEAF_AND_SPINS):
        _spin(60)
    return examine_recording(recording, *arguments)


def _spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def _out_of_ink(*_: Any) -> Any:
    raise RuntimeError("out of ink")


setattr(worker.tasks, "examine_recording", _diagnose_or_suffer)  # noqa: B010 (mypy would object)
setattr(worker.tasks, "make_pictures", _out_of_ink)  # noqa: B010

if "JOBS_PER_CHILD" in os.environ:
    app.conf.worker_max_tasks_per_child = int(os.environ["JOBS_PER_CHILD"])

if __name__ == "__main__":
    main()
