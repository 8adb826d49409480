"""`make benchmark`: the service as `make run` starts it, on one machine, over loopback.

Prints medians and 95th percentiles of: start to ready, POST to 202, POST to the end of the job
when idle, GET of an ended job, jobs per second when saturated, and the memory of each process.
Absolute times depend on the machine: compare figures of one run with one another.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import httpx
import numpy as np
import psutil
import soundfile

_REPOSITORY = Path(__file__).resolve().parent.parent
_ENDED = ("succeeded", "failed", "canceled")


def main() -> None:
    """Start the service, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recording", type=Path, help="default: 5 s of noise bursts as WAV")
    parser.add_argument("--jobs", type=int, default=200, help="per figure (%(default)s)")
    options = parser.parse_args()
    recording = options.recording.read_bytes() if options.recording else noise_bursts()

    with tempfile.TemporaryDirectory() as run_dir:
        for label in ("first start", "warm start"):
            began = perf_counter()
            process, url = _start(run_dir)
            print(f"{label} to ready      {perf_counter() - began:8.2f} s")
            if label == "first start":
                _stop(process)
        try:
            with httpx.Client(base_url=url, timeout=60) as client:
                _measure(client, recording, options.jobs)
            _print_memory(process)
        finally:
            _stop(process)


def _measure(client: httpx.Client, recording: bytes, count: int) -> None:
    for _ in range(10):
        _until_ended(client, _post(client, recording))
    posts, ends = [], []
    for _ in range(count):
        began = perf_counter()
        job_id = _post(client, recording)
        posts.append(perf_counter() - began)
        _until_ended(client, job_id)
        ends.append(perf_counter() - began)
    _print_times("POST to 202", posts)
    _print_times("POST to end of job", ends)
    _print_times("GET", [_timed(lambda: _get(client, job_id)) for _ in range(count)])
    job = _get(client, job_id)
    print("of one job, ms         ", job["result"]["timings_ms"])

    began = perf_counter()
    job_ids = [_post(client, recording) for _ in range(count)]
    for job_id in job_ids:
        _until_ended(client, job_id)
    print(f"jobs, one client       {count / (perf_counter() - began):8.1f} /s")


def _post(client: httpx.Client, recording: bytes) -> str:
    response = client.post("/v1/jobs", files={"file": ("cough", recording)})
    response.raise_for_status()
    return str(response.json()["id"])


def _get(client: httpx.Client, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
    return job


def _until_ended(client: httpx.Client, job_id: str) -> None:
    while _get(client, job_id)["status"] not in _ENDED:
        pass


def _timed(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def _print_times(label: str, seconds: list[float]) -> None:
    p95 = quantiles(seconds, n=20)[-1]
    print(f"{label:<22} {median(seconds) * 1000:8.2f} ms   p95 {p95 * 1000:8.2f} ms")


def _print_memory(process: subprocess.Popen[str]) -> None:
    for child in psutil.Process(process.pid).children(recursive=True):
        memory = child.memory_full_info()
        name = " ".join(child.cmdline()[:3])[-40:]
        print(f"memory {name:<40} RSS {memory.rss / 1e6:6.1f} MB  USS {memory.uss / 1e6:6.1f} MB")


def _start(run_dir: str) -> tuple[subprocess.Popen[str], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=_REPOSITORY,
        env={**os.environ, "PORT": str(port), "RUN_DIR": run_dir, "LOG_LEVEL": "WARNING"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"ready at (\S+)", line)
        if found:
            return process, found[1]
    raise SystemExit("the service did not start")


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    process.communicate()


def noise_bursts() -> bytes:
    rate, seconds = 16_000, 5
    time = np.arange(rate * seconds) / rate
    noise = np.random.default_rng(0).standard_normal(len(time))
    waveform = 0.3 * noise * np.exp(-8 * (time % 1.0))
    buffer = io.BytesIO()
    soundfile.write(buffer, waveform, rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
