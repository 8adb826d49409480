"""Several recordings in one request: each for itself, and all their diagnoses in one answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import httpx
import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client, Json
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.processes import eventually
from tests.support.recordings import cough, encode

WAV = encode(cough(), 16000, AudioFormat.WAV)
MP3 = encode(cough(seed=1), 16000, AudioFormat.MP3)
TOO_LONG = encode(cough(61.0, 8000), 8000, AudioFormat.FLAC)
LIMIT = 100_000


@pytest.fixture(scope="module")
def alone(redis_server_url: str) -> Iterator[GatewayAlone]:
    environment = {
        "MAX_UPLOAD_BYTES": str(LIMIT),
        "MAX_BATCH_BYTES": str(1_000_000),
        "MAX_WAITING_JOBS": "20",
    }
    with gateway_alone(redis_server_url, **environment) as alone:
        yield alone


@pytest.fixture(autouse=True)
def _empty(request: pytest.FixtureRequest) -> None:
    if "alone" in request.fixturenames:
        request.getfixturevalue("alone").redis.flushall()


def _post(client: Client, *recordings: bytes, **options: str) -> httpx.Response:
    files = [("file", (f"secret name {index}", data)) for index, data in enumerate(recordings)]
    return client.http.post("/v1/batches", files=files, data=options)


def _get(client: Client, path: str) -> Json:
    response = client.http.get(path)
    assert response.status_code == 200, response.text
    answer: Json = response.json()
    return answer


def test_a_batch_is_diagnosed(client: Client) -> None:
    response = _post(client, WAV, b"no sound", MP3, TOO_LONG)
    batch = response.json()
    path = response.headers["location"]
    assert (response.status_code, path) == (202, f"/v1/batches/{batch['id']}")

    eventually(lambda: _get(client, path)["ended"], 30, "the batch ends")

    batch = _get(client, path)
    assert [file["index"] for file in batch["files"]] == [0, 1, 2, 3]
    statuses = [file["status"] for file in batch["files"]]
    assert statuses == ["succeeded", "refused", "succeeded", "failed"]
    assert {status: count for status, count in batch["counts"].items() if count} == {
        "succeeded": 2,
        "refused": 1,
        "failed": 1,
    }
    problem = batch["files"][1]["problem"]
    assert (problem["code"], problem["status"]) == ("unsupported_format", 415)
    assert batch["files"][1]["job_id"] is None

    results = _get(client, batch["links"]["results"])
    assert "not a medical device" in results["disclaimer"]
    jobs = [result["job"] for result in results["results"]]
    assert jobs[1] is None
    for file, job in zip(batch["files"], jobs, strict=True):
        assert job == (client.job(file["job_id"]) if job else None)
    assert jobs[0]["result"] == client.diagnose(WAV)["result"] | {
        "timings_ms": jobs[0]["result"]["timings_ms"]
    }

    response = client.http.get(batch["links"]["results"], headers={"accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["status"] for row in rows] == statuses
    assert [row["error"] for row in rows] == ["", "unsupported_format", "", "too_long"]
    assert rows[0]["diagnosis"] == jobs[0]["result"]["diagnosis"]
    assert float(rows[0]["probability_sick"]) == jobs[0]["result"]["probabilities"]["sick"]
    assert rows[0]["model"] == "sick-sounds@2.0.0"
    assert all("not a medical device" in row["disclaimer"] for row in rows)


def test_each_file_is_refused_for_itself(alone: GatewayAlone) -> None:
    response = _post(alone.client, b"", WAV, WAV + b"\0" * LIMIT, b"text" * 100, WAV)

    files = response.json()["files"]
    codes = [file["problem"] and file["problem"]["code"] for file in files]
    assert codes == ["empty_file", None, "payload_too_large", "unsupported_format", None]
    assert response.json()["counts"]["queued"] == 2
    assert "retry-after" in alone.client.http.get(response.headers["location"]).headers


def test_when_the_queue_is_full_the_rest_is_refused(alone: GatewayAlone) -> None:
    small = encode(cough(0.2), 8000, AudioFormat.WAV)
    files = _post(alone.client, *[small] * 25).json()["files"]

    assert [file["status"] for file in files] == ["queued"] * 20 + ["refused"] * 5
    assert {file["problem"]["code"] for file in files[20:]} == {"queue_full"}


def test_options_are_those_of_each_job(alone: GatewayAlone) -> None:
    url = "https://example.org/"
    batch = _post(alone.client, WAV, WAV, pictures="true", webhook_url=url).json()

    for file in batch["files"]:
        record = alone.redis.hgetall(f"cough:job:{file['job_id']}")
        assert (record[b"pictures"], record[b"webhook_url"]) == (b"1", url.encode())


def test_what_is_canceled_or_deleted_is_told(alone: GatewayAlone) -> None:
    response = _post(alone.client, WAV, WAV, WAV)
    path, files = response.headers["location"], response.json()["files"]
    alone.client.http.post(f"/v1/jobs/{files[0]['job_id']}/cancel")
    alone.client.http.delete(f"/v1/jobs/{files[1]['job_id']}")

    batch = _get(alone.client, path)

    assert [file["status"] for file in batch["files"]] == ["canceled", "gone", "queued"]
    assert not batch["ended"]
    results = _get(alone.client, f"{path}/results")["results"]
    assert [result["job"] is None for result in results] == [False, True, False]


def test_names_of_files_are_not_kept(alone: GatewayAlone) -> None:
    path = _post(alone.client, WAV, b"").headers["location"]

    answers = alone.client.http.get(path).text + alone.client.http.get(f"{path}/results").text
    kept = b"".join(alone.redis.dump(key) or b"" for key in alone.redis.scan_iter())

    assert "secret name" not in answers
    assert b"secret name" not in kept


@pytest.mark.parametrize(
    ("recordings", "options", "status", "code"),
    [
        ([], {"model": "sick-sounds"}, 422, "missing_file"),
        ([WAV], {"model": "unknown"}, 422, "unknown_model"),
        ([WAV], {"pictures": "maybe"}, 422, "invalid_option"),
        ([WAV], {"webhook_url": "ftp://example.org"}, 422, "invalid_webhook_url"),
        ([b"RIFF"] * 101, {}, 422, "too_many_files"),
        ([b"\0" * 90_000] * 12, {}, 413, "payload_too_large"),
    ],
)
def test_a_request_that_cannot_be_taken_makes_no_job(
    alone: GatewayAlone, recordings: list[bytes], options: dict[str, str], status: int, code: str
) -> None:
    response = _post(alone.client, *recordings, **options)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not list(alone.redis.scan_iter("cough:job:*"))


def test_a_hundred_files_are_taken(alone: GatewayAlone) -> None:
    response = _post(alone.client, *[b"no sound"] * 100)
    assert (response.status_code, response.json()["counts"]["refused"]) == (202, 100)


def test_an_unknown_batch_is_404(alone: GatewayAlone) -> None:
    for path in (f"/v1/batches/{'0' * 32}", "/v1/batches/nonsense/results"):
        response = alone.client.http.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "batch_not_found")
