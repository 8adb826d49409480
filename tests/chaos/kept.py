"""A program that is started again whenever it dies, as Docker and `make run` do."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from tests.end_to_end.processes import REPOSITORY

_PAUSE_S = 0.2  # before it is started again
_STOP_S = 40.0


class Kept:
    """Its output goes to a file; its process is another one after each death."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self.pids: list[int] = []
        self._command = command
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        self._stopping = threading.Event()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def process(self) -> psutil.Process:
        """The process of the moment.

        Raises:
            psutil.NoSuchProcess: it is dead and not yet started again.
        """
        return psutil.Process(self._process.pid)

    def kill(self) -> None:
        """As a power cut would: the process first, so that it cannot replace its children."""
        try:
            family = [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, timeout=10)

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal, unless it is dead."""
        self._process.send_signal(number)

    def stop(self) -> None:
        """End it for good; killed if it takes too long."""
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._keeper.join(_STOP_S)

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self._command, cwd=REPOSITORY, env=self._environment, stdout=log, stderr=log
            )
        self.pids.append(process.pid)
        return process

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            if not self._stopping.wait(_PAUSE_S):
                self._process = self._start()
