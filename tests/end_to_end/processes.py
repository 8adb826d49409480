"""Starting the service's real processes, and finding them again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """A started program whose output is kept, so that tests can wait for what it says."""

    fds: tuple[int, ...] = ()  # what it inherits

    def __init__(self, *command: str, **environment: str) -> None:
        inherited = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=REPOSITORY,
            env={**inherited, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=self.fds,
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, text: str, timeout_s: float = 60, after: int = 0) -> str:
        """The first line from number `after` on that holds `text`."""

        def found() -> str | None:
            return next((line for line in self.lines[after:] if text in line), None)

        with self._changed:
            self._changed.wait_for(lambda: found() or not self._reader.is_alive(), timeout_s)
            line = found()
        assert line is not None, f"never said {text!r}:\n" + "".join(self.lines)
        return line

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = 40) -> int:
        """Send a signal and give the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(timeout_s)
        self._reader.join(timeout_s)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    def children(self) -> list[psutil.Process]:
        """The processes that this one started."""
        children: list[psutil.Process] = psutil.Process(self.process.pid).children()
        return children

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


class Service(Program):
    """What `make run` starts: an embedded Redis, the worker, the courier and the gateway."""

    def __init__(self, run_dir: Path, **environment: str) -> None:
        self.port = free_port()
        self.run_dir = run_dir
        super().__init__("-m", "local", PORT=str(self.port), RUN_DIR=str(run_dir), **environment)

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def redis_url(self) -> str:
        """The embedded Redis."""
        return f"unix://{self.run_dir / 'redis' / 'redis.sock'}"

    def worker(self) -> psutil.Process:
        """The worker's main process."""
        return self._child("worker")

    def gateway(self) -> psutil.Process:
        """The gateway."""
        return self._child("api")

    def redis(self) -> psutil.Process:
        """The embedded server: `valkey-server` where that is what pip has."""
        names = ("redis-server", "valkey-server")
        return next(child for child in self.children() if child.name() in names)

    def pool_children(self) -> list[psutil.Process]:
        """The worker's pool."""
        return self.worker().children()

    def _child(self, module: str) -> psutil.Process:
        return next(child for child in self.children() if module in child.cmdline())


@contextmanager
def running(make: Callable[[], Program], ready: str) -> Iterator[Program]:
    """A program from its readiness to its stop."""
    program = make()
    try:
        program.wait_for(ready)
        yield program
    finally:
        if program.process.poll() is None:
            program.stop()


@contextmanager
def service(run_dir: Path, environment: Mapping[str, str] | None = None) -> Iterator[Service]:
    """The whole service from its readiness to its stop."""
    with running(lambda: Service(run_dir, **(environment or {})), "ready at") as program:
        assert isinstance(program, Service)
        yield program


def eventually(condition: Callable[[], bool], timeout_s: float, what: str) -> float:
    """Ask until it holds; give the seconds that it took."""
    began = monotonic()
    pause = threading.Event()
    while not condition():
        assert monotonic() - began < timeout_s, f"not within {timeout_s} s: {what}"
        pause.wait(0.02)
    return monotonic() - began
