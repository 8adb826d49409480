"""What the Dockerfiles promise, read as text: a test needs no engine."""

from __future__ import annotations

import json
import re

import pytest

from shared.settings import REPOSITORY

BASE = "python:3.11-slim-bookworm"
DOCKERFILES = {
    name: (REPOSITORY / f"Dockerfile.{name}").read_text(encoding="utf-8")
    for name in ("api", "worker", "courier")
}
IMAGES = pytest.mark.parametrize("name", DOCKERFILES)


def _final_stage(name: str) -> str:
    return DOCKERFILES[name].rpartition("\nFROM ")[2]


def _command(stage: str, instruction: str) -> list[str]:
    found = re.search(rf"{instruction} (\[.*\])$", stage, re.MULTILINE)
    assert found
    words: list[str] = json.loads(found[1])
    return words


@IMAGES
def test_no_frontend_image_is_pulled(name: str) -> None:
    assert not re.search(r"^\s*#\s*syntax\s*=", DOCKERFILES[name], re.MULTILINE | re.IGNORECASE)


@IMAGES
def test_both_stages_stand_on_the_slim_base(name: str) -> None:
    bases = re.findall(r"^FROM (.*)$", DOCKERFILES[name], re.MULTILINE)

    assert bases == [f"{BASE} AS build", BASE]


@IMAGES
def test_packages_are_those_of_the_lock_file(name: str) -> None:
    assert re.search(rf"uv sync --frozen --no-default-groups --extra {name}\b", DOCKERFILES[name])


@IMAGES
def test_no_build_tool_is_left(name: str) -> None:
    final = _final_stage(name)

    assert re.search(r"pip uninstall .*\bsetuptools wheel pip\b", final)
    assert not re.search(r"\b(pip install|uv sync|apt-get)\b", final)


@IMAGES
def test_it_does_not_run_as_root(name: str) -> None:
    users = re.findall(r"^USER (\d+):(\d+)$", _final_stage(name), re.MULTILINE)

    assert users
    assert "0" not in users[-1]


def test_the_gateway_is_healthy_when_the_service_is_ready() -> None:
    check = _command(_final_stage("api"), "CMD")

    assert "HEALTHCHECK" in _final_stage("api")
    assert "/v1/health/ready" in check[-1]
    compile(check[-1], "healthcheck", "exec")


def test_a_worker_is_healthy_when_it_takes_messages() -> None:
    assert "HEALTHCHECK" in _final_stage("worker")
    assert _command(_final_stage("worker"), "CMD") == ["python", "-m", "worker.health"]


def test_a_courier_is_healthy_when_it_goes_its_rounds() -> None:
    assert "HEALTHCHECK" in _final_stage("courier")
    assert _command(_final_stage("courier"), "CMD") == ["python", "-m", "worker.courier.health"]


def test_the_courier_has_nothing_of_the_worker_but_its_folder() -> None:
    copied = re.findall(r"^COPY (\S+) \S+$", DOCKERFILES["courier"], re.MULTILINE)

    assert copied == ["shared", "worker/__init__.py", "worker/courier"]
    assert _command(_final_stage("courier"), "\nCMD") == ["python", "-m", "worker.courier"]


@pytest.mark.parametrize("name", ["api", "worker"])
def test_it_runs_its_own_room(name: str) -> None:
    command = _command(_final_stage(name), "\nCMD")

    assert command[:3] == ["python", "-m", name]
    rooms = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILES[name], re.MULTILINE))
    assert rooms == {name, "shared", "models"}


def test_the_gateway_gets_of_each_model_only_the_card() -> None:
    assert "find models -type f ! -name card.json -delete" in DOCKERFILES["api"]


def test_numbas_cache_is_made_for_any_cpu_and_taken_along() -> None:
    build, _, final = DOCKERFILES["worker"].rpartition("\nFROM ")

    for stage in (build, final):
        assert "NUMBA_CPU_NAME=generic" in stage
    assert "NUMBA_CACHE_DIR=/opt/numba-cache" in build
    assert "worker.diagnose" in build
    assert "COPY --from=build /opt/numba-cache /opt/numba-cache" in final
    # numba reads a cache only where it may write.
    assert "NUMBA_CACHE_DIR=/tmp/" in final
    assert "/opt/numba-cache/." in _command(final, "ENTRYPOINT")[2]


def test_the_builder_is_sent_only_what_is_let_in() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]

    assert rules[0] == "*"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert allowed == {"pyproject.toml", "uv.lock", "api", "shared", "worker", "models"}


@IMAGES
def test_traces_can_be_had_without_another_image(name: str) -> None:
    assert re.search(r"uv sync .*--extra otel\b", DOCKERFILES[name])
