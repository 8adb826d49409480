"""Somebody who polls a job at a steady rate, from a process of their own.

`python -m tests.floods.polling URL PATH` asks until its input ends, and writes the milliseconds
that each answer took, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter

import httpx

from tests.end_to_end.processes import REPOSITORY

_INTERVAL_S = 0.02


@dataclass
class Polls:
    """What polling was answered; filled when it ends."""

    milliseconds: list[float] = field(default_factory=list)

    def percentile_ms(self, percent: int) -> float:
        """Of the answers' times."""
        return quantiles(self.milliseconds, n=100)[percent - 1]


@contextmanager
def polling(url: str, path: str) -> Iterator[Polls]:
    """Poll from another process meanwhile."""
    command = [sys.executable, "-m", "tests.floods.polling", url, path]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    polls = Polls()
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "polling\n"
        yield polls
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        polls.milliseconds = json.loads(output)
    finally:
        process.kill()
        process.communicate()


def _poll(url: str, path: str) -> None:
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    took: list[float] = []
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get(path).raise_for_status()
        print("polling", flush=True)
        while not ended.wait(_INTERVAL_S):
            began = perf_counter()
            client.get(path).raise_for_status()
            took.append((perf_counter() - began) * 1000)
    print(json.dumps(took))


if __name__ == "__main__":
    _poll(*sys.argv[1:])
