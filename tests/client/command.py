"""Running `cough` as people do: the installed command, in a process of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

COUGH = Path(sys.executable).with_name("cough")


def cough(
    *arguments: str | Path, server: str | None = None, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [COUGH, *arguments],
        cwd=cwd,
        env=environment_for(server, environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def interrupted(
    number: signal.Signals, lines: int, *arguments: str | Path, server: str, cwd: Path
) -> tuple[int, list[str]]:
    """Send it a signal after so many lines on standard output; its exit status and its lines."""
    with subprocess.Popen(
        [COUGH, *arguments],
        cwd=cwd,
        env=environment_for(server, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # Whoever runs the tests in the background has SIGINT ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(number)
        seen += process.stdout.readlines()
        return process.wait(30), seen


def on_a_terminal(*arguments: str | Path, server: str) -> tuple[str, str]:
    """With a terminal as standard error: standard output, and what the terminal got."""
    ours, its = pty.openpty()
    command = [COUGH, *arguments]
    with subprocess.Popen(
        command, env=environment_for(server, {}), stdout=subprocess.PIPE, stderr=its, text=True
    ) as process:
        os.close(its)
        shown = b""
        with (
            os.fdopen(ours, "rb", buffering=0) as terminal,
            suppress(OSError),
        ):  # EIO: it was closed
            while part := terminal.read(4096):
                shown += part
        assert process.stdout is not None
        return process.stdout.read(), shown.decode()


def environment_for(server: str | None, more: dict[str, str]) -> dict[str, str]:
    """Ours, with the server's address."""
    return {**os.environ, **({"COUGH_SERVER": server} if server else {}), **more}


def csv_rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV output."""
    return list(csv.DictReader(io.StringIO(text)))


def json_lines(text: str) -> list[dict[str, Any]]:
    """The objects of a JSON Lines output."""
    return [json.loads(line) for line in text.splitlines()]
