"""Recordings decoded by the real decoding layer in a really fenced process, seen from outside."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from shared.audio_format import AudioFormat
from shared.settings import REPOSITORY, get_settings
from tests.hostile.outcomes import CODES

CONTAINED = CODES | {"waveform", "memory_limit"}


@dataclass
class Tally:
    """What became of the files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    uncontained: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    peak_address_space: int = 0
    peak_resident: int = 0


class FencedChild:
    """A fenced process; another one follows when it dies or has to be killed."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._process: subprocess.Popen[bytes] | None = None

    def decode(self, name: str, audio_format: AudioFormat, recording: bytes) -> dict[str, Any]:
        """How it ends: a waveform, a code, `hang` (it had to be killed) or `crash`."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        began = monotonic()
        try:
            process.stdin.write(f"{audio_format} {len(recording)}\n".encode() + recording)
            process.stdin.flush()
            line = self._answer(process)
        except BrokenPipeError:
            line = b""
        outcome: dict[str, Any] = json.loads(line) if line else self._lost(process, began)
        self.tally.outcomes[outcome["outcome"]] += 1
        self.tally.slowest_s = max(self.tally.slowest_s, monotonic() - began)
        if outcome["outcome"] not in CONTAINED:
            self.tally.uncontained.append(f"{name}: {outcome}")
        return outcome

    def stop(self) -> None:
        """Let it end, having noted what it took."""
        if self._process is None:
            return
        self._note_peaks(self._process)
        self._process.communicate(timeout=20)
        self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.fenced_child"],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the decoders' own remarks
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    @staticmethod
    def _answer(process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(get_settings().hard_time_limit_s):
                return b""
        return process.stdout.readline()

    def _lost(self, process: subprocess.Popen[bytes], began: float) -> dict[str, Any]:
        """It is dead, or deaf for longer than a job may take."""
        hangs = monotonic() - began >= get_settings().hard_time_limit_s
        if hangs:
            self._note_peaks(process)
        process.kill()
        process.communicate()
        self._process = None
        return {"outcome": "hang" if hangs else "crash", "status": process.returncode}

    def _note_peaks(self, process: subprocess.Popen[bytes]) -> None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        peaks = dict(line.split(":", 1) for line in status.splitlines())
        space, resident = (int(peaks[key].split()[0]) * 1024 for key in ("VmPeak", "VmHWM"))
        self.tally.peak_address_space = max(self.tally.peak_address_space, space)
        self.tally.peak_resident = max(self.tally.peak_resident, resident)


@contextmanager
def fenced_child() -> Iterator[FencedChild]:
    """A fenced process from its first file to its last."""
    child = FencedChild()
    try:
        yield child
    finally:
        child.stop()
