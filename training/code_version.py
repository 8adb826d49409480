"""Which code, which packages and what kind of machine made a result."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

# What a result of training depends on.
PACKAGES = ("tensorflow", "keras", "numpy", "librosa", "soxr", "av", "soundfile", "scikit-learn")
_ROOT = Path(__file__).resolve().parent.parent
_ROOMS = ("training", "worker", "shared")


class Code(BaseModel):
    """The code that runs.

    Attributes:
        commit: git's; None outside a repository.
        changed: whether the code differs from the commit.
        sources_sha256: of the rooms' sources, names and contents: tells versions apart even where
            there is no git, or uncommitted work.
    """

    model_config = ConfigDict(frozen=True)

    commit: str | None
    changed: bool | None
    sources_sha256: str


def code_version() -> Code:
    """Of the sources that this process was started from."""
    commit = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--", *_ROOMS) if commit else None
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((_ROOT / room).rglob("*.py")):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(_ROOT).as_posix()} {content}\n".encode())
    return Code(
        commit=commit,
        changed=None if status is None else bool(status),
        sources_sha256=digest.hexdigest(),
    )


def software() -> dict[str, str]:
    """Python's version and that of each package of `PACKAGES`."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def machine() -> dict[str, str | int]:
    """The kind of processor and system, and how many cores this process may use; no name."""
    return {
        "processor": platform.machine(),
        "system": platform.system(),
        "cores": len(os.sched_getaffinity(0)),
    }


def _git(*arguments: str) -> str | None:
    """What git says of our own repository; None without git, or where we are in none."""
    git = shutil.which("git")
    if git is None or not (_ROOT / ".git").exists():
        return None
    said = subprocess.run(
        [git, "-C", str(_ROOT), *arguments], capture_output=True, text=True, check=False
    )
    return said.stdout.strip() if said.returncode == 0 else None
