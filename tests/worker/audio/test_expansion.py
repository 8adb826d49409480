"""A small file that expands to gigabytes is refused in no time and in little memory."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from shared.settings import REPOSITORY

# In a process of its own, which tells its own peak memory (Linux: in kB).
_PROBE = """
import sys, time
from shared.audio_format import AudioFormat
from shared.errors import TooLongError
from tests.support.flac import silent_flac
from worker.audio.decoding import decode

def peak():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1])

limit = float(sys.argv[2])
bomb = silent_flac(600, sample_rate=192_000, channels=8, declared=sys.argv[1] == "declared")
assert len(bomb) < 100_000
decode(silent_flac(1, sample_rate=16_000, channels=2), AudioFormat.FLAC, 16_000, limit)
before, started = peak(), time.perf_counter()
try:
    decode(bomb, AudioFormat.FLAC, 16_000, limit)
except TooLongError:
    print(peak() - before, time.perf_counter() - started)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    ("header", "limit_s", "megabytes", "seconds"),
    [("declared", 60, 5, 1), ("undeclared", 10, 30, 20)],
)
def test_ten_minutes_of_silence_in_8_channels_at_192_khz(
    header: str, limit_s: int, megabytes: int, seconds: int
) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _PROBE, header, str(limit_s)],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.split()

    assert answer, "it was decoded"
    assert int(answer[0]) < megabytes * 1024
    assert float(answer[1]) < seconds
