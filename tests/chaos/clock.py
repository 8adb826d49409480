"""A machine's wall clock that can be stepped, for the programs started with it (Linux, x86-64).

libfaketime answers for `CLOCK_REALTIME` in each of them; monotonic clocks go on as they are, as
they do when a real clock is stepped. A time namespace would not do: it leaves that clock alone.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

_LIBRARY = "vendor/libfaketime/src/libfaketime.so.1"
SEEN_AFTER_S = 1.0  # programs look that often whether it was stepped


def library() -> Path | None:
    """libfaketime, if it is installed here."""
    spec = importlib.util.find_spec("libfaketime")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / _LIBRARY).is_file():
            return Path(folder) / _LIBRARY
    return None


class Clock:
    """The wall clock of one machine."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.offset_s = 0
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        """What makes a program go by this clock; empty where libfaketime is missing."""
        path = library()
        if path is None:
            return {}
        return {
            "LD_PRELOAD": str(path),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": f"{SEEN_AFTER_S:g}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",  # a file is as old as it is: caches of compiled code go by that
        }

    def step(self, seconds: int) -> None:
        """Set it forward, or back."""
        self.offset_s += seconds
        self._write()

    def _write(self) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{self.offset_s:+d}\n")
        draft.replace(self._file)  # at once: a program that reads half of it would be lost


def forget_shared_memory(pids: list[int]) -> None:
    """Remove what libfaketime leaves behind of killed programs."""
    for pid in pids:
        for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
            (Path("/dev/shm") / name).unlink(missing_ok=True)
