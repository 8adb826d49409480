"""A recording that hurts its worker becomes a failed job, and takes nothing else down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import faulty_worker
from tests.end_to_end.client import Client
from tests.end_to_end.faulty_system import faulty_system
from tests.support.recordings import cough, encode

RATE = 16000
GOOD = encode(cough(), RATE, AudioFormat.MP3)
POISON = encode(cough(seed=1), RATE, AudioFormat.MP3)


def _of_length(length: int) -> bytes:
    wav = encode(cough(0.5), RATE, AudioFormat.WAV)
    return wav + b"\0" * (length - len(wav))


@pytest.fixture(scope="module")
def client(redis_server_url: str) -> Iterator[Client]:
    """Of a gateway and a faulty worker with short limits, on a Redis of their own."""
    environment = {
        "POISON_SHA256": hashlib.sha256(POISON).hexdigest(),
        "SOFT_TIME_LIMIT_S": "2",
        "HARD_TIME_LIMIT_S": "3",
        "VISIBILITY_TIMEOUT_S": "5",
    }
    with faulty_system(redis_server_url, **environment) as system:
        yield system.client


def test_a_recording_that_kills_three_workers_fails(client: Client) -> None:
    others = [client.submit(GOOD) for _ in range(50)]
    poison = client.submit(POISON)
    others += [client.submit(GOOD) for _ in range(50)]

    job = client.wait(poison, timeout_s=60)

    assert (job["status"], job["error"]["code"]) == ("failed", "worker_lost")
    assert client.deliveries(poison) == 3
    for other in others:
        assert client.wait(other)["status"] == "succeeded"
        assert client.deliveries(other) == 1


@pytest.mark.parametrize(
    ("length", "deliveries"),
    [
        (faulty_worker.SPINS, 1),
        (faulty_worker.DEAF_AND_SPINS, 1),
        # It may have been the machine that kept the worker from its work.
        (faulty_worker.SLEEPS, 3),
        (faulty_worker.DEAF_AND_SLEEPS, 3),
    ],
)
def test_a_recording_that_takes_too_long_fails(
    client: Client, length: int, deliveries: int
) -> None:
    job_id = client.submit(_of_length(length))
    job = client.wait(job_id, timeout_s=30)
    assert (job["status"], job["error"]["code"]) == ("failed", "time_limit")
    assert client.deliveries(job_id) == deliveries
    assert client.diagnose(GOOD)["status"] == "succeeded"
