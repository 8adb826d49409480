"""Both clients on the real service."""

from __future__ import annotations

from pathlib import Path

import pytest

from cough_client import DISCLAIMER, CoughClient, errors


def test_a_path_and_its_bytes_get_the_service_s_diagnosis(
    client: CoughClient, recordings: list[Path]
) -> None:
    by_path = client.diagnose(recordings[0])
    by_bytes = client.diagnose(recordings[0].read_bytes(), model="sick-sounds@2.0.0")
    assert (by_path.diagnosis, by_path.score) == (by_bytes.diagnosis, by_bytes.score)
    assert by_path.diagnosis in ("sick", "not sick")
    assert sum(by_path.probabilities.values()) == pytest.approx(1)
    assert by_path.audio.format == "flac"
    assert by_path.model == "sick-sounds@2.0.0"
    assert DISCLAIMER in by_path.disclaimer
    assert by_path.job_id is not None
    assert client.job(by_path.job_id).diagnosis == by_path


def test_waiting_ends_with_the_job(client: CoughClient, recordings: list[Path]) -> None:
    job = client.wait(client.submit(recordings[1]).id)
    assert (job.status, job.terminal) == ("succeeded", True)
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.created_at <= job.started_at <= job.finished_at


def test_what_cannot_be_diagnosed_says_why(client: CoughClient, recordings: list[Path]) -> None:
    with pytest.raises(errors.CorruptAudioError) as failed:
        client.diagnose(recordings[0].read_bytes()[:2000])
    assert failed.value.job_id is not None
    with pytest.raises(errors.UnsupportedFormatError):
        client.diagnose(b"The patient coughs.")
    with pytest.raises(errors.EmptyFileError):
        client.diagnose(b"")
    with pytest.raises(errors.UnknownModelError) as unknown:
        client.diagnose(recordings[0], model="no-such-model")
    assert "sick-sounds@2.0.0" in unknown.value.models
    with pytest.raises(FileNotFoundError):
        client.diagnose(recordings[0].with_name("missing.wav"))


def test_a_deleted_job_is_gone(client: CoughClient, recordings: list[Path]) -> None:
    job = client.submit(recordings[2])
    client.delete(job.id)
    for gone in (client.job, client.wait, client.delete):
        with pytest.raises(errors.JobNotFoundError):
            gone(job.id)


def test_watching_ends_with_the_job(client: CoughClient, recordings: list[Path]) -> None:
    seen = [job.status for job in client.watch(client.submit(recordings[3]).id)]
    assert seen[-1] == "succeeded"
    assert seen == sorted(seen, key=["queued", "running", "succeeded"].index)


def test_the_models_are_told(client: CoughClient) -> None:
    assert client.models()["default"] == "sick-sounds@2.0.0"
