"""A child process with labelled output, kept running."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence

_SHORT_LIFE_S = 5.0
_MOST_SHORT_LIVES = 3
_COLOURS = {"redis": 31, "worker": 33, "api": 36, "courier": 35, "run": 32}
_SET_PARENT_DEATH_SIGNAL = 1


class Process:
    """A named child. It is started again when it dies, unless it keeps dying at once."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    async def keep_running(self) -> None:
        """Run until `stop`, or until it died within seconds of its start too often in a row."""
        short_lives = 0
        while not self._stopping and short_lives < _MOST_SHORT_LIVES:
            began = time.monotonic()
            status = await self._run_once()
            if self._stopping:
                return
            say(self.name, f"ended with status {status}")
            short_lives = short_lives + 1 if time.monotonic() - began < _SHORT_LIFE_S else 0

    async def stop(self, grace_s: float) -> None:
        """Ask it to end, and kill it when it takes longer than `grace_s`."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), grace_s)
        except TimeoutError:
            say(self.name, f"did not end within {grace_s:g} s: killed")
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _run_once(self) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=dict(self._environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C is for us alone; we end the children in their order.
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            say(self.name, line.decode(errors="replace").rstrip())
        return await self._process.wait()


def say(name: str, text: str) -> None:
    """Print a line under its process's name."""
    label = f"{name:>7} |"
    if sys.stdout.isatty():
        label = f"\x1b[{_COLOURS.get(name, 37)}m{label}\x1b[0m"
    print(label, text, flush=True)


def _end_with_parent() -> None:
    """Should we be killed, the kernel ends the children (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
