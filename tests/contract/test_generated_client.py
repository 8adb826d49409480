"""A client made of openapi.json by `openapi-python-client`, as an integrator would make theirs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shared.audio_format import AudioFormat
from shared.settings import REPOSITORY
from tests.end_to_end.keys import new_key
from tests.end_to_end.processes import Service
from tests.support.recordings import cough, encode

# Written against the generated names: where they change, integrators' code breaks.
PROGRAM = """
import io
import sys

from generated.api.batches import create_batch, get_batch_results
from generated.api.jobs import create_job, get_job, list_jobs
from generated.api.pictures import get_explanation
from generated.client import AuthenticatedClient
from generated.models.batch_results import BatchResults
from generated.models.batch_view import BatchView
from generated.models.create_batch_body import CreateBatchBody
from generated.models.create_job_body import CreateJobBody
from generated.models.explanation_arrays import ExplanationArrays
from generated.models.job_page import JobPage
from generated.models.job_status import JobStatus
from generated.models.job_view import JobView
from generated.models.problem import Problem
from generated.models.result import Result
from generated.types import File


def main(url: str, key: str, path: str) -> None:
    client = AuthenticatedClient(base_url=url, token=key, raise_on_unexpected_status=True)
    with open(path, "rb") as file:
        body = CreateJobBody(file=File(file, "cough.wav"), pictures=True)
        sent = create_job.sync_detailed(client=client, body=body, prefer="wait=30")
    assert sent.status_code == 200, sent
    job = sent.parsed
    assert isinstance(job, JobView)
    again = get_job.sync(job.id, client=client)
    assert again == job and job.status is JobStatus.SUCCEEDED
    result = job.result
    assert isinstance(result, Result) and 0.5 <= result.score <= 1
    assert "not a medical device" in result.disclaimer
    print(result.diagnosis.value, result.score, result.probabilities.not_sick)

    heard = get_explanation.sync(job.id, client=client, accept="application/json")
    assert isinstance(heard, ExplanationArrays) and heard.attention.shares
    page = list_jobs.sync(client=client, status=JobStatus.SUCCEEDED, limit=1)
    assert isinstance(page, JobPage) and len(page.jobs) == 1
    batch = create_batch.sync(
        client=client, body=CreateBatchBody(file=[File(io.BytesIO(b"no sound"), "a")])
    )
    assert isinstance(batch, BatchView) and batch.ended
    results = get_batch_results.sync(batch.id, client=client)
    assert isinstance(results, BatchResults)
    none = get_job.sync("0" * 32, client=client)
    assert isinstance(none, Problem) and none.code == "job_not_found"


main(*sys.argv[1:])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client was generated, without a word of complaint."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "config.yml").write_text("post_hooks: []\n")
    command = [str(Path(sys.executable).with_name("openapi-python-client")), "generate"]
    options = ["--path", str(REPOSITORY / "openapi.json"), "--config", "config.yml"]
    where = ["--output-path", "generated", "--meta", "none", "--fail-on-warning"]
    made = _run([*command, *options, *where], folder)
    assert made.returncode == 0, made.stdout + made.stderr
    (folder / "program.py").write_text(PROGRAM)
    return folder


def test_it_type_checks(folder: Path) -> None:
    mypy = [sys.executable, "-m", "mypy", "--config-file=", "--cache-dir", "cache"]
    checked = _run([*mypy, "program.py", "generated"], folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_it_diagnoses_a_recording(folder: Path, shared_service: Service) -> None:
    (folder / "cough.wav").write_bytes(encode(cough(), 16000, AudioFormat.WAV))
    key = new_key(shared_service.redis_url).key
    diagnosed = _run([sys.executable, "program.py", shared_service.url, key, "cough.wav"], folder)
    assert diagnosed.returncode == 0, diagnosed.stdout + diagnosed.stderr
    diagnosis, score, not_sick = diagnosed.stdout.rsplit(maxsplit=2)
    assert diagnosis in ("sick", "not sick")
    assert float(not_sick) in (float(score), pytest.approx(1 - float(score)))


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
