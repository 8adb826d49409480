"""Where drawing fails, the diagnosis stands."""

from __future__ import annotations

from shared.audio_format import AudioFormat
from tests.end_to_end.gateway_alone import gateway_alone
from tests.end_to_end.processes import Program, running
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16_000, AudioFormat.WAV)


def test_a_job_whose_pictures_fail_succeeds_without(redis_server_url: str) -> None:
    command = ["-m", "tests.end_to_end.faulty_worker"]
    environment = {"REDIS_URL": redis_server_url, "WORKER_CONCURRENCY": "1"}
    with (
        gateway_alone(redis_server_url) as alone,
        running(lambda: Program(*command, **environment), "is ready") as worker,
    ):
        client = alone.client
        job_id = client.post(RECORDING, pictures="true").json()["id"]
        job = client.wait(job_id)
        answer = client.http.get(f"/v1/jobs/{job_id}/spectrogram.png")

        assert job["status"] == "succeeded"
        assert (answer.status_code, answer.json()["code"]) == (404, "pictures_not_made")
        assert "our fault" in answer.json()["detail"]
        worker.wait_for("out of ink")
