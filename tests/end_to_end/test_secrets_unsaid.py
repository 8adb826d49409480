"""No secret and nothing of a recording in all that a full run says, at the most talkative."""

from __future__ import annotations

import base64
from pathlib import Path

from shared.audio_format import AudioFormat
from tests.end_to_end.keys import client_with, new_key
from tests.end_to_end.processes import Service, service
from tests.end_to_end.redis_over_tcp import redis_over_tcp
from tests.support.receiver import Receiver, Reply
from tests.support.recordings import cough, encode
from tests.support.webhooks import SECRET

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
PASSWORD = "a-password-of-redis-" * 2
FILE_NAME = "Jane-Doe-1961-02-03"
IN_THE_URL = "token-in-the-webhooks-url"
IDEMPOTENCY_KEY = "visit-of-jane-doe-4711"


def _spellings(data: bytes) -> list[str]:
    """Bytes as a log might have them."""
    # From where base64's groups of three begin, and without the end of the last.
    return [data.hex(), repr(data)[2:-1], base64.b64encode(data).decode().rstrip("=")[:-1]]


def _run(running: Service, somebody: Receiver, key: str) -> None:
    somebody.replies += [Reply(500), Reply(204), Reply(302, {"location": "http://10.0.0.1/"})]
    with client_with(running.url, key) as client:
        headers = {"prefer": "wait=30", "idempotency-key": IDEMPOTENCY_KEY}
        url = somebody.url(f"/{IN_THE_URL}?{IN_THE_URL}")
        job = client.post(
            RECORDING, f"{FILE_NAME}.wav", headers=headers, pictures="true", webhook_url=url
        ).json()
        assert job["status"] == "succeeded"
        client.http.get(f"/v1/jobs/{job['id']}/spectrogram.png")
        broken = RECORDING[: len(RECORDING) // 2]
        client.post(broken, FILE_NAME, headers={"prefer": "wait=30"}, webhook_url=url)
        files = [("file", (FILE_NAME, data)) for data in (RECORDING, b"no sound")]
        assert client.http.post("/v1/batches", files=files).status_code == 202
        client.http.post(f"/v1/jobs/{job['id']}/cancel")
        client.http.delete(f"/v1/jobs/{job['id']}")
        somebody.wait_for(2)


def test_nothing_secret_is_said(tmp_path: Path, somebody: Receiver) -> None:
    with redis_over_tcp(tmp_path, PASSWORD) as redis_url:
        key = new_key(redis_url, "of the test")
        environment = {
            "REDIS_URL": redis_url,
            "LOG_LEVEL": "DEBUG",
            "WEBHOOK_SECRETS": SECRET,
            "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1",
            "WEBHOOK_FIRST_RETRY_S": "0.2",
        }
        with service(tmp_path, environment) as running:
            _run(running, somebody, key.key)
    said = "".join(running.lines)

    for heard in ("accepted for", "succeeded", "truncated_audio"):
        assert heard in said
    secrets = {
        "the API key": key.key.rpartition("_")[2],
        "the key's webhook secret": key.webhook_secret.removeprefix("whsec_"),
        "the service's": SECRET.removeprefix("whsec_"),
        "Redis's password": PASSWORD,
        "the file name": FILE_NAME,
        "the webhook's path": IN_THE_URL,
        "the idempotency key": IDEMPOTENCY_KEY,
    }
    for what, secret in secrets.items():
        assert secret not in said, what
    middle = len(RECORDING) // 6 * 3
    for piece in (RECORDING[:48], RECORDING[middle : middle + 12]):
        for spelling in _spellings(piece):
            assert spelling not in said
