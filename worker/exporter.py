"""Serves the worker's metrics from a process of its own.

The main process has no threads, so that the pool may fork at any time, and no time for strangers
while it hands out jobs. What it and its children count is in files, which anybody can add up.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Final, NoReturn

from shared.settings import Settings
from shared.telemetry.exposition import MetricsPortError, serve_metrics
from worker.metrics import registry

_LOOK_S: Final = 0.2  # whether the worker is still there


def start_exporter(settings: Settings) -> None:
    """Fork it, if metrics are to be served, and return when it listens. It ends with the caller.

    Raises:
        MetricsPortError: the port cannot be listened on.
    """
    if not settings.metrics_port:
        return
    told, tell = os.pipe()
    parent = os.getpid()
    if os.fork() == 0:
        os.close(told)
        _serve(settings, parent, tell)
    os.close(tell)
    with os.fdopen(told, "rb") as answer:
        refusal = answer.read().decode()
    if refusal:
        raise MetricsPortError(refusal)


def _serve(settings: Settings, parent: int, tell: int) -> NoReturn:
    try:
        # A stopping worker's last jobs count, too: it is there to the end.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        serve_metrics(settings, registry())
        os.close(tell)
        while os.getppid() == parent:
            time.sleep(_LOOK_S)
    except MetricsPortError as error:
        os.write(tell, str(error).encode())
    finally:
        os._exit(0)  # nothing of the worker's is ours to clean up
