"""A recording in, a diagnosis out."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.processes import REPOSITORY
from tests.support.recordings import cough, encode

RATE = 16000


@pytest.mark.parametrize("audio_format", list(AudioFormat))
def test_every_format_is_diagnosed(client: Client, audio_format: AudioFormat) -> None:
    recording = encode(cough(), RATE, audio_format)

    job = client.diagnose(recording)

    assert job["status"] == "succeeded"
    assert job["result"]["audio"]["format"] == audio_format
    assert job["result"]["audio"]["channels"] == 1


def test_the_answer_is_complete(client: Client) -> None:
    response = client.post(encode(cough(), RATE, AudioFormat.WAV))
    accepted = response.json()

    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{accepted['id']}" == accepted["links"]["self"]
    assert int(response.headers["retry-after"]) > 0
    assert (accepted["status"], accepted["result"]) == ("queued", None)

    job = client.wait(accepted["id"])
    result = job["result"]
    created, started, finished = (
        datetime.fromisoformat(job[key]) for key in ("created_at", "started_at", "finished_at")
    )
    assert created <= started <= finished
    assert created.utcoffset() == timedelta(0)
    assert set(job["model"]) == {"name", "version"}
    assert result["diagnosis"] in ("sick", "not sick")
    assert result["score"] == result["probabilities"][result["diagnosis"]]
    assert sum(result["probabilities"].values()) == pytest.approx(1.0)
    assert result["audio"]["sample_rate"] == RATE
    # What the network makes of a made cough is its own affair; the recording is beyond reproach.
    assert set(result["warnings"]) <= {"no_cough_or_sneeze_heard", "uncertain"}
    assert set(result["timings_ms"]) == {"decode", "spectrogram", "inference", "total"}
    assert "not a medical device" in result["disclaimer"]
    assert job["error"] is None


def test_a_terminal_job_needs_no_retry(client: Client) -> None:
    job_id = client.submit(encode(cough(), RATE, AudioFormat.WAV))
    client.wait(job_id)
    assert "retry-after" not in client.http.get(f"/v1/jobs/{job_id}").headers


def test_the_command_line_agrees_with_the_service(client: Client, tmp_path: Path) -> None:
    recording = encode(cough(), RATE, AudioFormat.FLAC)
    file = tmp_path / "cough.flac"
    file.write_bytes(recording)

    command = [sys.executable, "-m", "worker.diagnose", str(file)]
    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    result = client.diagnose(recording)["result"]

    expected = {"Diagnóstico": result["diagnosis"], "score": result["score"]}
    assert json.loads(printed.stdout) == expected


def test_the_same_recording_gets_the_same_answer(client: Client) -> None:
    recording = encode(cough(), RATE, AudioFormat.MP3)
    first, second = (client.diagnose(recording)["result"] for _ in range(2))
    assert first["probabilities"] == second["probabilities"]
    assert first["warnings"] == second["warnings"]


def test_what_only_decoding_can_tell_fails_the_job(client: Client) -> None:
    too_long = encode(cough(61.0, 8000), 8000, AudioFormat.FLAC)
    job = client.diagnose(too_long)
    assert (job["status"], job["error"]["code"]) == ("failed", "too_long")
    assert job["result"] is None
