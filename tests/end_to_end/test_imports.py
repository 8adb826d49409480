"""What each process loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.end_to_end.processes import REPOSITORY

HEAVY = {
    "tensorflow",
    "keras",
    "librosa",
    "numba",
    "numpy",
    "ai_edge_litert",
    "soundfile",
    "av",
    "PIL",
}


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        ("api.__main__", HEAVY),
        ("worker.celery_app", {"tensorflow", "keras", "fastapi"}),
        ("worker.courier.__main__", HEAVY | {"celery", "kombu", "fastapi"}),
    ],
)
def test_no_process_imports_what_is_not_its_own(module: str, banned: set[str]) -> None:
    code = f"import sys, {module}; print(*sorted({banned!r} & sys.modules.keys()))"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == ""
