"""A run through all that the service can answer, on real processes.

`python -m tests.contract.real_answers` writes the examples of the OpenAPI document.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from api.examples import EXAMPLES
from shared.audio_format import AudioFormat
from tests.contract.answers import Answer, examples_of
from tests.contract.refusals import refusals
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.processes import eventually, service
from tests.support.receiver import receiver
from tests.support.recordings import cough, encode
from tests.support.redis_server import RedisServer
from tests.support.webhooks import SECRET

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
BROKEN = RECORDING[:20]
ARRAYS = {"accept": "application/json"}
LIMITS = {
    "WEBHOOK_SECRETS": "",
    "MAX_UPLOAD_BYTES": "100000",
    "MAX_BATCH_BYTES": "200000",
    "MAX_WAITING_JOBS": "3",
    "MAX_INCOMING_BYTES": "160000",
    "BODY_TIMEOUT_S": "2",
}


def real_answers(folder: Path) -> list[Answer]:
    """All of them, in a fixed order.

    Args:
        folder: an empty one, for the data of two Redis servers.
    """
    answers: list[Answer] = []
    environment = {"WEBHOOK_SECRETS": SECRET, "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1"}
    with service(folder / "service", environment) as whole, Client(whole.url) as client:
        answers += _diagnoses(client)
        answers += _batches(client)
        answers += _deliveries(client)
    server = RedisServer(folder / "redis")
    (folder / "redis").mkdir()
    server.start()
    try:
        with gateway_alone(server.url, **LIMITS) as alone:
            answers += _lives(alone)
            answers += refusals(alone, server)
    finally:
        server.stop()
    return answers


def _diagnoses(client: Client) -> Iterator[Answer]:
    http = client.http
    wait = {"prefer": "wait=30"}
    made = client.post(RECORDING, headers=wait, pictures="true")
    yield Answer("createJob", "succeeded", made)
    job = f"/v1/jobs/{made.json()['id']}"
    got = http.get(job, headers=wait)
    yield Answer("getJob", "succeeded", got)
    yield Answer("getJob", "known", http.get(job, headers={"if-none-match": got.headers["etag"]}))
    yield Answer("followJob", "succeeded", http.get(f"{job}/events"))
    yield Answer("followJob", "known", http.get(f"{job}/events", headers={"last-event-id": "3"}))
    for operation, path in (
        ("getSpectrogram", f"{job}/spectrogram.png"),
        ("getExplanation", f"{job}/explanation.png"),
    ):
        picture = http.get(path)
        yield Answer(operation, "drawn", picture)
        known = http.get(path, headers={"if-none-match": picture.headers["etag"]})
        yield Answer(operation, "known", known)
        yield Answer(operation, "cut_short", http.get(path, headers=ARRAYS))
    failed = client.post(BROKEN, headers=wait)
    yield Answer("getJob", "failed", http.get(f"/v1/jobs/{failed.json()['id']}"))
    yield Answer("listJobs", "page", http.get("/v1/jobs", params={"limit": 1}))
    yield Answer("listModels", "models", http.get("/v1/models"))
    yield Answer("getLive", "alive", http.get("/v1/health/live"))
    yield Answer("getReady", "ready", http.get("/v1/health/ready"))
    yield Answer("deleteJob", "deleted", http.delete(job))


def _batches(client: Client) -> Iterator[Answer]:
    http = client.http
    files = [("file", ("a", data)) for data in (RECORDING, BROKEN, b"no sound")]
    made = http.post("/v1/batches", files=files)
    yield Answer("createBatch", "accepted", made)
    batch = f"/v1/batches/{made.json()['id']}"
    eventually(lambda: http.get(batch).json()["ended"], 30, "the batch ends")
    yield Answer("getBatch", "ended", http.get(batch))
    yield Answer("getBatchResults", "ended", http.get(f"{batch}/results", headers=ARRAYS))
    table = http.get(f"{batch}/results", headers={"accept": "text/csv"})
    yield Answer("getBatchResults", "ended", table)


def _deliveries(client: Client) -> Iterator[Answer]:
    with receiver() as somebody:
        job_id = client.post(RECORDING, webhook_url=somebody.url("/coughs")).json()["id"]
        path = f"/v1/jobs/{job_id}/deliveries"

        def delivered() -> bool:
            deliveries = client.http.get(path).json()["deliveries"]
            return [one["status"] for one in deliveries] == ["delivered"]

        eventually(delivered, 30, "the webhook is told")
        yield Answer("listDeliveries", "delivered", client.http.get(path))


def _lives(alone: GatewayAlone) -> Iterator[Answer]:
    """What nobody can be quick enough to see while a worker is there."""
    client, http = alone.client, alone.client.http
    key = {"idempotency-key": "5f0c8a1e-7d5c-4a36-8f0e-0d5d3a0c9a11"}
    made = client.post(RECORDING, headers=key)
    yield Answer("createJob", "queued", made)
    yield Answer("createJob", "replayed", client.post(RECORDING, headers=key))
    job = f"/v1/jobs/{made.json()['id']}"
    yield Answer("getJob", "queued", http.get(job))
    alone.begin(made.json()["id"])
    yield Answer("getJob", "running", http.get(job))
    yield Answer("cancelJob", "running", http.post(f"{job}/cancel"))
    waiting = client.submit(RECORDING)
    yield Answer("cancelJob", "canceled", http.post(f"/v1/jobs/{waiting}/cancel"))


def write_examples(path: Path = EXAMPLES) -> None:
    """Take the examples anew."""
    with tempfile.TemporaryDirectory() as folder:
        examples = examples_of(real_answers(Path(folder)))
    path.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_examples()
