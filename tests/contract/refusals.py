"""Every problem that an operation can answer with, provoked."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx

from shared.audio_format import AudioFormat
from tests.contract.answers import Answer
from tests.end_to_end import raw_http
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone
from tests.end_to_end.keys import client_with, new_key
from tests.support.recordings import cough, encode
from tests.support.redis_server import RedisServer

_RECORDING = encode(cough(), 16000, AudioFormat.WAV)
_NOBODY = "0" * 32


def refusals(alone: GatewayAlone, server: RedisServer) -> Iterator[Answer]:
    """One after the other; the last ones fill the queue, and take Redis away."""
    yield from _forms(alone.client)
    yield from _batches(alone.client.http)
    yield from _slow(alone.client.http)
    yield from _keys(alone, server)
    yield from _share(alone, server)
    yield from _idempotency(alone.client)
    yield from _jobs(alone)
    while (full := alone.client.post(_RECORDING)).status_code == 202:
        pass
    yield Answer("createJob", "full", full)
    server.kill()
    yield from _without_redis(alone.client)


def _forms(client: Client) -> Iterator[Answer]:
    post = client.post
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    broken = client.http.post("/v1/jobs", content=b"--y\r\nnonsense", headers=multipart)
    for response in (
        broken,
        client.http.post("/v1/jobs", files={"sound": ("a", _RECORDING)}),
        post(b""),
        post(b"no sound"),
        post(_RECORDING + b"\0" * 100_000),
        post(_RECORDING, model="nothing"),
        post(_RECORDING, pictures="maybe"),
        post(_RECORDING, webhook_url="ftp://example.org"),
        post(_RECORDING, webhook_url="https://example.org"),
        post(_RECORDING, headers={"idempotency-key": ""}),
    ):
        yield Answer("createJob", "refused", response)


def _batches(http: httpx.Client) -> Iterator[Answer]:
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    files = [("file", ("a", b"no sound"))]
    for response in (
        http.post("/v1/batches", content=b"--y\r\nnonsense", headers=multipart),
        http.post("/v1/batches", files=[("sound", ("a", b""))]),
        http.post("/v1/batches", files=files * 101),
        http.post("/v1/batches", files=[("file", ("a", b"\0" * 300_000))]),
        http.post("/v1/batches", files=[("file", ("a", b"\0" * 190_000))]),
        http.post("/v1/batches", files=files, data={"model": "nothing"}),
        http.post("/v1/batches", files=files, data={"pictures": "maybe"}),
    ):
        yield Answer("createBatch", "refused", response)
    yield Answer("getBatch", "refused", http.get(f"/v1/batches/{_NOBODY}"))
    yield Answer("getBatchResults", "refused", http.get(f"/v1/batches/{_NOBODY}/results"))


def _slow(http: httpx.Client) -> Iterator[Answer]:
    """Bodies that take longer than the two seconds that they may."""
    multipart = {"content-type": "multipart/form-data; boundary=x"}

    def body() -> Iterator[bytes]:
        yield b"--x"
        threading.Event().wait(2.5)
        yield b"--"

    for operation, path in (("createJob", "/v1/jobs"), ("createBatch", "/v1/batches")):
        response = http.post(path, content=body(), headers=multipart)
        yield Answer(operation, "refused", response)


def _keys(alone: GatewayAlone, server: RedisServer) -> Iterator[Answer]:
    url = str(alone.client.http.base_url)
    with client_with(url, "cough_none_none") as stranger:
        yield Answer("listJobs", "refused", stranger.http.get("/v1/jobs"))
    with client_with(url, new_key(server.url, "test", "--per-minute", "1").key) as eager:
        yield Answer("listJobs", "", eager.http.get("/v1/jobs"))
        yield Answer("listJobs", "refused", eager.http.get("/v1/jobs"))


def _share(alone: GatewayAlone, server: RedisServer) -> Iterator[Answer]:
    """Of three places, the third is for others."""
    with client_with(str(alone.client.http.base_url), new_key(server.url).key) as greedy:
        waiting = [greedy.submit(_RECORDING) for _ in range(2)]
        yield Answer("createJob", "refused", greedy.post(_RECORDING))
        for job_id in waiting:
            greedy.http.delete(f"/v1/jobs/{job_id}")


def _idempotency(client: Client) -> Iterator[Answer]:
    headers = {"idempotency-key": "6a5ee12b-ba0e-4a54-a4d1-e7ac2f0d2f6c"}
    key = f"idempotency-key: {headers['idempotency-key']}"
    with raw_http.connect(client.http.base_url) as slow:
        slow.sendall(raw_http.form_head(1000, key) + b"--x")
        for _ in range(5):
            client.http.get("/v1/health/live")  # each answered: the slow one is read meanwhile
        yield Answer("createJob", "refused", client.post(_RECORDING, headers=headers))
    headers = {"idempotency-key": "0d0e1f5a-3b1f-4f6e-9a52-0f3f3c1f8e77"}
    job_id = client.post(_RECORDING, headers=headers).json()["id"]
    other = client.post(_RECORDING, headers=headers, pictures="true")
    yield Answer("createJob", "refused", other)
    client.http.delete(f"/v1/jobs/{job_id}")


def _jobs(alone: GatewayAlone) -> Iterator[Answer]:
    http = alone.client.http
    yield Answer("listJobs", "refused", http.get("/v1/jobs", params={"cursor": "nonsense"}))
    yield Answer("listJobs", "refused", http.get("/v1/jobs", params={"limit": 0}))
    for operation, method, path in _ONE_JOB:
        response = http.request(method, f"/v1/jobs/{_NOBODY}{path}")
        yield Answer(operation, "refused", response)
    job_id = alone.client.post(_RECORDING, pictures="true").json()["id"]
    job = f"/v1/jobs/{job_id}"
    for operation, path in _ONE_JOB_S_PICTURES:
        yield Answer(operation, "refused", http.get(f"{job}{path}"))
    alone.succeed(job_id)
    yield Answer("getSpectrogram", "refused", http.get(f"{job}/spectrogram.png"))
    audio = {"accept": "audio/wav"}
    for operation, path in _ONE_JOB_S_PICTURES:
        yield Answer(operation, "refused", http.get(f"{job}{path}", headers=audio))
    yield Answer("cancelJob", "refused", http.post(f"{job}/cancel"))


def _without_redis(client: Client) -> Iterator[Answer]:
    yield Answer("createJob", "away", client.post(_RECORDING))
    files = {"file": ("a", _RECORDING)}
    yield Answer("createBatch", "away", client.http.post("/v1/batches", files=files))
    yield Answer("listJobs", "away", client.http.get("/v1/jobs"))
    for operation, method, path in _ONE_JOB:
        response = client.http.request(method, f"/v1/jobs/{_NOBODY}{path}")
        yield Answer(operation, "away", response)
    yield Answer("getReady", "away", client.http.get("/v1/health/ready"))


_ONE_JOB = (
    ("getJob", "GET", ""),
    ("followJob", "GET", "/events"),
    ("getSpectrogram", "GET", "/spectrogram.png"),
    ("getExplanation", "GET", "/explanation.png"),
    ("listDeliveries", "GET", "/deliveries"),
    ("cancelJob", "POST", "/cancel"),
    ("deleteJob", "DELETE", ""),
)
_ONE_JOB_S_PICTURES = (
    ("getSpectrogram", "/spectrogram.png"),
    ("getExplanation", "/explanation.png"),
)
