"""`environment.yml`: what training needs, in the versions that are tested, and it suffices."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from shared.settings import REPOSITORY

# Of the service, not of training: the gateway's settings, the queue and the store.
NOT_FOR_TRAINING = {"pydantic-settings", "redis", "celery", "prometheus-client", "psutil"}

_IMPORT_ALL = """
import importlib, pathlib
for path in sorted(pathlib.Path("training").rglob("*.py")):
    name = ".".join(path.with_suffix("").parts)
    if not name.endswith("__main__"):
        importlib.import_module(name.removesuffix(".__init__"))
import tensorflow
"""


def _environment() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((REPOSITORY / "environment.yml").read_text())
    return content


def _pip_part() -> list[Requirement]:
    (pip,) = (its["pip"] for its in _environment()["dependencies"] if isinstance(its, dict))
    return [Requirement(line) for line in pip]


def test_it_has_a_python_that_the_project_takes() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    (python,) = (its for its in _environment()["dependencies"] if str(its).startswith("python="))

    version = python.removeprefix("python=")

    assert Requirement(f"python{project['requires-python']}").specifier.contains(version)
    assert "pip" in _environment()["dependencies"]


def test_its_pip_part_is_what_training_needs_in_the_locked_versions() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["worker"], *extras["training"]]
    needs = {its.name: its for its in map(Requirement, needed)}
    locked = tomllib.loads((REPOSITORY / "uv.lock").read_text())["package"]
    # Of some packages there are two versions, for older and newer Pythons.
    versions = {(its["name"], its["version"]) for its in locked}

    pinned = {its.name: str(its.specifier).removeprefix("==") for its in _pip_part()}

    assert pinned.keys() == needs.keys() - NOT_FOR_TRAINING
    for name, version in pinned.items():
        assert (name, version) in versions, f"{name}: environment.yml and uv.lock differ"
        assert needs[name].specifier.contains(version)


def test_its_pip_part_installs_and_suffices(tmp_path: Path) -> None:
    uv = shutil.which("uv") or str(REPOSITORY / ".uv" / "bin" / "uv")
    if not Path(uv).is_file():
        pytest.skip("needs uv: its cache makes the installation a matter of seconds")
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run(
        [uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env"], check=True
    )

    installed = subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", python, *map(str, _pip_part())],
        capture_output=True,
        text=True,
        check=False,
    )
    # The packages come from uv's cache, which `make environment` filled; only the index is asked.
    if re.search(r"dns|connect|timed out|error sending request", installed.stderr, re.IGNORECASE):
        pytest.skip("needs the package index")

    assert installed.returncode == 0, installed.stderr
    imported = subprocess.run(
        [python, "-c", _IMPORT_ALL], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert imported.returncode == 0, imported.stderr
