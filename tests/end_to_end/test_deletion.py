"""Deleted means gone: the job, its recording, its result."""

from __future__ import annotations

import redis

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service
from tests.support.recordings import cough, encode

RATE = 16000


def _everything(url: str) -> bytes:
    """All keys and values in Redis."""
    with redis.Redis.from_url(url) as client:
        return b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())


def test_a_deleted_job_is_gone(client: Client, shared_service: Service) -> None:
    job_id = client.submit(encode(cough(), RATE, AudioFormat.WAV))
    client.wait(job_id)

    response = client.http.delete(f"/v1/jobs/{job_id}")

    assert (response.status_code, response.content) == (204, b"")
    assert client.http.get(f"/v1/jobs/{job_id}").status_code == 404
    assert client.http.delete(f"/v1/jobs/{job_id}").status_code == 404
    assert job_id.encode() not in _everything(shared_service.redis_url)


def test_the_recording_goes_when_its_job_ends(client: Client, shared_service: Service) -> None:
    recording = encode(cough(seed=7), RATE, AudioFormat.FLAC)
    client.diagnose(recording)
    # From the middle: the beginning is alike in many files.
    assert recording[len(recording) // 2 :][:64] not in _everything(shared_service.redis_url)


def test_a_waiting_job_can_be_deleted(client: Client) -> None:
    recording = encode(cough(), RATE, AudioFormat.WAV)
    job_ids = [client.submit(recording) for _ in range(20)]
    for job_id in job_ids:
        assert client.http.delete(f"/v1/jobs/{job_id}").status_code == 204
    assert client.diagnose(recording)["status"] == "succeeded"
    for job_id in job_ids:
        assert client.http.get(f"/v1/jobs/{job_id}").status_code == 404
