"""Any bundle that lies beside the default one diagnoses when it is asked for by name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.audio_format import AudioFormat
from shared.bundle import DISCLAIMER
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, Service, service
from tests.support.bundles import change_card, copy_bundle, served_model
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
CAVEAT = "An experiment: what it was trained on does not support what it says."
DEFAULT = str(served_model())
THERE = [DEFAULT, "broken@1.0.0", "gone@1.0.0", "other@1.10.0", "other@1.9.0"]


def _experiment(card: dict[str, Any]) -> None:
    """A card that doubts every answer."""
    card["caveat"] = CAVEAT
    card["doubts"] = {
        "uncertain_from": 0,
        "uncertain_to": 1,
        "event_below": 1,
        "chosen": "so that every answer is doubted",
    }


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The served bundle, copies of it under other names, and a folder whose card is none."""
    folder = tmp_path_factory.mktemp("models")
    copy_bundle(folder)
    change_card(copy_bundle(folder, "other", "1.9.0"), lambda card: card.pop("doubts"))
    change_card(copy_bundle(folder, "other", "1.10.0"), _experiment)
    for name in ("broken", "gone", "unreadable"):
        copy_bundle(folder, name, "1.0.0")
    (folder / "broken" / "1.0.0" / "network.tflite").write_bytes(b"not a network")
    (folder / "unreadable" / "1.0.0" / "card.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def running(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with all of them, but for one that the worker loses afterwards."""
    with service(tmp_path_factory.mktemp("run"), {"MODELS_DIR": str(models_dir)}) as program:
        shutil.rmtree(models_dir / "gone")
        yield program


@pytest.fixture(scope="module")
def client(running: Service) -> Iterator[Client]:
    """A client of that service."""
    with Client(running.url) as client:
        yield client


def _model(job: dict[str, Any]) -> str:
    return f"{job['model']['name']}@{job['model']['version']}"


def test_unasked_the_default_diagnoses(client: Client) -> None:
    job = client.diagnose(RECORDING)

    assert (job["status"], _model(job)) == ("succeeded", DEFAULT)
    assert job["result"]["disclaimer"] == DISCLAIMER


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("other", "other@1.10.0"),
        ("other@1.9.0", "other@1.9.0"),
        ("other@1.10.0", "other@1.10.0"),
        (DEFAULT, DEFAULT),
    ],
)
def test_a_model_is_asked_for_by_name_and_version(client: Client, asked: str, found: str) -> None:
    job = client.diagnose(RECORDING, model=asked)

    assert (job["status"], _model(job)) == ("succeeded", found)
    # They are copies of one network.
    expected = client.diagnose(RECORDING)["result"]["probabilities"]
    assert job["result"]["probabilities"] == expected


def test_a_result_carries_its_own_bundle_s_caveat_and_doubts(client: Client) -> None:
    plain, doubted = (
        client.diagnose(RECORDING, model=model)["result"] for model in ("other@1.9.0", "other")
    )

    assert (plain["disclaimer"], plain["warnings"]) == (DISCLAIMER, [])
    assert doubted["disclaimer"] == f"{CAVEAT} {DISCLAIMER}"
    assert doubted["warnings"] == ["no_cough_or_sneeze_heard", "uncertain"]


@pytest.mark.parametrize("first", ["file", "model"])
def test_the_fields_come_in_any_order(client: Client, first: str) -> None:
    fields: dict[str, tuple[str | None, bytes]]
    fields = {"file": ("cough", RECORDING), "model": (None, b"other@1.9.0")}
    parts = sorted(fields.items(), key=lambda field: field[0] != first)

    response = client.http.post("/v1/jobs", files=parts)

    assert response.status_code == 202
    assert _model(response.json()) == "other@1.9.0"


@pytest.mark.parametrize(
    "asked",
    ["nobody", "other@2.0.0", "unreadable", "", "@", "other@", "other@1", "../other", "x" * 9000],
)
def test_an_unknown_model_is_422_with_the_list(client: Client, asked: str) -> None:
    response = client.post(RECORDING, model=asked)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "detail", "code", "models"}
    assert (problem["code"], problem["status"]) == ("unknown_model", 422)
    assert sorted(problem["models"]) == sorted(THERE)
    assert all(reference in problem["detail"] for reference in THERE)


def test_two_models_are_no_well_formed_form(client: Client) -> None:
    files = {"file": ("cough", RECORDING)}

    response = client.http.post("/v1/jobs", files=files, data={"model": ["other", DEFAULT]})

    assert (response.status_code, response.json()["code"]) == (400, "malformed_multipart")


@pytest.mark.parametrize(
    ("asked", "code"), [("gone", "model_unavailable"), ("broken", "model_broken")]
)
def test_what_the_worker_cannot_run_fails_its_job_alone(
    client: Client, models_dir: Path, asked: str, code: str
) -> None:
    job = client.diagnose(RECORDING, model=asked)

    assert (job["status"], job["error"]["code"]) == ("failed", code)
    assert f"{asked}@1.0.0" in job["error"]["detail"]
    assert str(models_dir) not in job["error"]["detail"]
    assert client.diagnose(RECORDING)["status"] == "succeeded"


def test_all_cards_are_shown_and_the_default_first(client: Client) -> None:
    shown = client.http.get("/v1/models").json()

    assert shown["default"] == DEFAULT
    cards = {f"{card['name']}@{card['version']}": card for card in shown["models"]}
    assert list(cards) == THERE
    assert cards["other@1.10.0"]["caveat"] == CAVEAT


def test_a_card_that_is_none_is_told_in_the_log(running: Service) -> None:
    assert any("left out" in line and "unreadable" in line for line in running.lines)


def test_the_documentation_tells_the_models_and_tells_true(client: Client) -> None:
    document = client.http.get("/openapi.json").json()
    post = document["paths"]["/v1/jobs"]["post"]
    field = post["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]["model"]

    assert field["default"] == DEFAULT
    assert sorted(field["examples"]) == sorted(THERE)
    assert all(client.post(RECORDING, model=its).status_code == 202 for its in field["examples"])
    assert "unknown_model" in post["responses"]["422"]["description"]
    assert "models" in document["components"]["schemas"]["Problem"]["properties"]


@pytest.mark.parametrize("program", ["api", "worker"])
def test_a_default_without_a_card_stops_the_start(tmp_path: Path, program: str) -> None:
    (copy_bundle(tmp_path) / "card.json").write_text("{}")

    started = Program("-m", program, MODELS_DIR=str(tmp_path))

    assert started.process.wait(60) == 1
    started.stop()
    assert any("cannot start" in line for line in started.lines)
