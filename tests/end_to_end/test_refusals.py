"""When we cannot take a recording we say so before we accept it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Program, Service, free_port, running
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)


def test_a_full_queue_refuses_with_503(redis_server_url: str) -> None:
    port = free_port()
    environment = {"REDIS_URL": redis_server_url, "MAX_WAITING_JOBS": "3"}
    gateway = ["-m", "api", "--port", str(port)]
    with (
        running(lambda: Program(*gateway, **environment), "running on"),
        Client(f"http://127.0.0.1:{port}") as client,
    ):
        accepted = [client.submit(RECORDING) for _ in range(3)]
        response = client.post(RECORDING)
        assert (response.status_code, response.json()["code"]) == (503, "queue_full")
        assert int(response.headers["retry-after"]) > 0

        assert client.http.delete(f"/v1/jobs/{accepted[0]}").status_code == 204
        assert client.post(RECORDING).status_code == 202


def test_without_redis_everything_says_503_but_life(tmp_path: Path) -> None:
    port = free_port()
    environment = {"REDIS_URL": f"unix://{tmp_path}/nobody.sock"}
    gateway = ["-m", "api", "--port", str(port)]
    with (
        running(lambda: Program(*gateway, **environment), "running on"),
        Client(f"http://127.0.0.1:{port}") as client,
    ):
        for response in (
            client.post(RECORDING),
            client.http.get(f"/v1/jobs/{'0' * 32}"),
            client.http.delete(f"/v1/jobs/{'0' * 32}"),
        ):
            assert (response.status_code, response.json()["code"]) == (503, "store_unavailable")
            assert int(response.headers["retry-after"]) > 0
        ready = client.http.get("/v1/health/ready")
        assert (ready.status_code, ready.json()["redis_answers"]) == (503, False)
        assert client.http.get("/v1/health/live").status_code == 200


@pytest.mark.parametrize("program", ["api", "worker"])
def test_a_missing_model_stops_the_start_with_a_clear_word(program: str) -> None:
    started = Program("-m", program, MODEL="no-such-model@9.9.9")
    status = started.process.wait(60)
    assert status != 0
    assert "cannot start" in started.lines[-1]
    started.stop()


def test_a_part_that_cannot_start_stops_the_whole(tmp_path: Path) -> None:
    started = Service(tmp_path, MODEL="no-such-model@9.9.9")
    assert started.process.wait(60) == 1
    started.stop()
    assert any("cannot start" in line for line in started.lines)
    assert "stopped" in started.lines[-1]
