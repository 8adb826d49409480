"""The client by itself, as `pip install ./client` brings it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.end_to_end.processes import REPOSITORY

BANNED = {
    "fastapi",
    "celery",
    "redis",
    "uvicorn",
    "numpy",
    "librosa",
    "ai-edge-litert",
    "tensorflow",
}
CLIENT = REPOSITORY / "client"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the client and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", folder)
    installed = subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", CLIENT],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if installed.returncode and "connection" in installed.stderr.lower():
        pytest.skip("needs a package index")
    assert installed.returncode == 0, installed.stderr
    return folder / "bin"


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_brings_nothing_of_the_service_s(environment: Path) -> None:
    listed = json.loads(_run(environment / "pip", "list", "--format=json"))
    names = {package["name"].lower() for package in listed}
    assert {"cough-client", "httpx", "typer", "rich"} <= names
    assert not names & BANNED


def test_the_command_runs_and_says_what_it_is(environment: Path, tmp_path: Path) -> None:
    said = " ".join(_run(environment / "cough", "--help", cwd=tmp_path).split())
    assert "not a medical device" in said
    assert "labelled sick in the training data" in said


def test_local_says_what_it_lacks(
    environment: Path, tmp_path: Path, recordings: list[Path]
) -> None:
    command: list[str | Path] = [environment / "cough", "diagnose", "--local", recordings[0]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "local_unavailable" in done.stderr) == (1, True)


def test_the_library_is_typed_and_loads_neither_typer_nor_rich(
    environment: Path, tmp_path: Path
) -> None:
    code = """
import sys, pathlib, cough_client
assert not {"typer", "rich", "pydantic"} & sys.modules.keys()
assert pathlib.Path(cough_client.__file__).with_name("py.typed").exists()
"""
    _run(environment / "python", "-c", code, cwd=tmp_path)


def test_what_local_needs_is_what_the_worker_needs() -> None:
    service = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    client = tomllib.loads((CLIENT / "pyproject.toml").read_text())["project"]
    local = set(client["optional-dependencies"]["local"])
    assert set(service["optional-dependencies"]["worker"]) <= local
    assert local - set(service["optional-dependencies"]["worker"]) <= set(service["dependencies"])
