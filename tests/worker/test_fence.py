"""What a fenced process still can do: tried out, in a process that fenced itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from shared.settings import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pool children are fenced on Linux")

# Fences itself, tries each line of its input, and prints whether nothing or what was raised.
_PROBE = """
import json, os, resource, sys, threading
import numpy as np
from shared.settings import Settings
from worker.fence import fence_this_process

_, most = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
# Root may start processes all the same; and who has changed their user dumps no core anyway.
if os.geteuid() == 0 and sys.argv[1] != "os.abort()":
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
fence_this_process(Settings())
for attempt in sys.argv[1:]:
    try:
        exec(attempt)
    except BaseException as error:
        print(json.dumps(type(error).__name__))
    else:
        print(json.dumps(None))
"""
_ATTEMPTS = {
    "np.ones(2**29, np.uint8)": None,
    "np.ones(2**31, np.uint8)": "MemoryError",
    "bytes(2**31)": "MemoryError",
    "os.write(os.open('note', os.O_WRONLY | os.O_CREAT), b'stolen')": "OSError",
    "[open(os.devnull) for _ in range(40)]": None,
    "[open(os.devnull) for _ in range(70)]": "OSError",
    "os.fork()": "BlockingIOError",
    "threading.Thread(target=print).start()": "RuntimeError",
    "resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))": "ValueError",
    "resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))": "ValueError",
    "assert resource.getrlimit(resource.RLIMIT_CPU) == (8000, 8000)": None,
    "assert 'NoNewPrivs:\\t1\\n' in open('/proc/self/status').read()": None,
}


def _probe(*attempts: str, folder: Path, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    folder.chmod(0o777)
    return subprocess.Popen(
        [sys.executable, "-c", _PROBE, *attempts],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=output,
        stderr=subprocess.DEVNULL,
    )


def test_what_is_tried_in_a_fenced_process(tmp_path: Path) -> None:
    probe = _probe(*_ATTEMPTS, folder=tmp_path, output=subprocess.PIPE)
    output, _ = probe.communicate(timeout=60)

    outcomes = [json.loads(line) for line in output.splitlines()]
    assert dict(zip(_ATTEMPTS, outcomes, strict=True)) == _ATTEMPTS
    assert (tmp_path / "note").read_bytes() == b""


def test_a_log_that_is_a_file_can_be_written_to(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert _probe("", folder=tmp_path, output=log).wait(60) == 0

    assert (tmp_path / "log").read_text() == "null\n"


def test_no_core_is_dumped(tmp_path: Path) -> None:
    # The log is a file, so that nothing but the limit of cores keeps one from being written.
    with (tmp_path / "log").open("wb") as log:
        probe = _probe("os.abort()", folder=tmp_path, output=log)
    _, status = os.waitpid(probe.pid, 0)
    probe.returncode = status

    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert [file.name for file in tmp_path.iterdir()] == ["log"]
