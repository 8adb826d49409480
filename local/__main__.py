"""`python -m local`: what `make run` runs. HOST, PORT, REDIS_URL and RUN_DIR move it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from local.process import Process, say
from local.redis_server import NoRedisError, redis_url, server_command, socket_path

_REPOSITORY = Path(__file__).resolve().parent.parent
_STOP_GRACE_S = 15.0
_PATIENCE_S = 15.0
_DISCLAIMER = "research software, not a medical device"


async def run() -> int:
    """Start everything, say when it is ready, and stop everything cleanly on a signal.

    Returns:
        The exit status: 0 if it was stopped, 1 if a part could not be kept running.
    """
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    _check_port(host, port)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(_REPOSITORY)}
    started: list[Process] = []
    if not environment.get("REDIS_URL"):
        data_dir = _own_data_dir()
        environment["REDIS_URL"] = redis_url(data_dir)
        started.append(Process("redis", server_command(data_dir), environment))
    python = [sys.executable, "-m"]
    serve = [*python, "api", "--host", host, "--port", str(port)]
    services = [
        Process("courier", [*python, "worker.courier"], _with_metrics_port(environment, 2)),
        Process("worker", [*python, "worker"], _with_metrics_port(environment, 1)),
        Process("api", serve, environment),
    ]

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    waits: set[asyncio.Task[Any]] = {asyncio.create_task(stop.wait())}
    waits |= {asyncio.create_task(process.keep_running()) for process in started}
    if started:
        answering = asyncio.create_task(_until_socket_answers(socket_path(data_dir)))
        await asyncio.wait({*waits, answering}, return_when=asyncio.FIRST_COMPLETED)
        answering.cancel()
    if not any(task.done() for task in waits):
        waits |= {asyncio.create_task(process.keep_running()) for process in services}
        waits_for_ready = asyncio.create_task(_announce_ready(f"http://{host}:{port}"))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        waits_for_ready.cancel()
    say("run", "stopping")
    # The gateway first, so that nothing more is accepted; Redis last, when nobody writes.
    for process in [*reversed(services), *started]:
        await process.stop(_STOP_GRACE_S)
    say("run", "stopped")
    return 0 if stop.is_set() else 1


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"Cannot listen on {host}:{port} ({error.strerror}). PORT=8001 make run?")


def _with_metrics_port(environment: dict[str, str], beyond: int) -> dict[str, str]:
    """One machine, one port each: the gateway has METRICS_PORT, the others the next ones."""
    port = environment.get("METRICS_PORT", "")
    if not port.isdecimal() or int(port) == 0:
        return environment
    return {**environment, "METRICS_PORT": str(int(port) + beyond)}


def _own_data_dir() -> Path:
    """The folder of Redis's data; two servers must never write to one."""
    data_dir = Path(os.environ.get("RUN_DIR", _REPOSITORY / ".run")).resolve() / "redis"
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held until this process ends
    except OSError:
        sys.exit(f"{data_dir} is in use: is this already running? RUN_DIR names another folder.")
    return data_dir


async def _until_socket_answers(path: Path) -> None:
    while True:
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.write(b"PING\r\n")
        answer = await reader.readline()
        writer.close()
        if answer == b"+PONG\r\n":  # not while it still loads its data
            return
        await asyncio.sleep(0.02)


async def _announce_ready(address: str) -> None:
    """Say when it is ready, and every now and then why it is not yet."""
    patience = asyncio.get_running_loop().time() + _PATIENCE_S
    while missing := await asyncio.to_thread(_missing, address):
        now = asyncio.get_running_loop().time()
        if now > patience:
            patience = now + _PATIENCE_S
            say("run", f"not ready; still missing: {missing}")
        await asyncio.sleep(0.1)
    say("run", f"ready at {address} -- documentation at {address}/docs ({_DISCLAIMER})")


def _missing(address: str) -> str:
    """What readiness lacks; empty: nothing."""
    try:
        with urllib.request.urlopen(f"{address}/v1/health/ready", timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            answers = json.load(error)
        missing = [key for key, value in answers.items() if value is False and key != "ready"]
        return ", ".join(missing) or "no reason given"
    except (urllib.error.URLError, OSError):
        return "the gateway does not answer"


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(run()))
    except NoRedisError as error:
        sys.exit(str(error))
