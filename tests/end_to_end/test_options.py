"""What a form may ask for beside the diagnosis, and how it is refused when it cannot be had."""

from __future__ import annotations

import pytest
import redis

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
# RFC 2606: nobody is there.
URL = "https://coughs.invalid:8443/coughs?token=a%20b"


def test_options_travel_with_the_job(client: Client, shared_service: Service) -> None:
    response = client.post(RECORDING, pictures="true", webhook_url=URL)

    assert response.status_code == 202
    with redis.Redis.from_url(shared_service.redis_url) as store:
        record = store.hgetall(f"cough:job:{response.json()['id']}")
    assert (record[b"pictures"], record[b"webhook_url"]) == (b"1", URL.encode())


def test_no_pictures_is_the_default(client: Client, shared_service: Service) -> None:
    job_ids = [client.submit(RECORDING), client.post(RECORDING, pictures="false").json()["id"]]

    with redis.Redis.from_url(shared_service.redis_url) as store:
        assert not any(store.hexists(f"cough:job:{job_id}", "pictures") for job_id in job_ids)


@pytest.mark.parametrize("pictures", ["True", "1", "", "yes"])
def test_pictures_are_asked_for_plainly(client: Client, pictures: str) -> None:
    response = client.post(RECORDING, pictures=pictures)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_option")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/coughs",
        "//example.org/coughs",
        "ftp://example.org/coughs",
        "file:///etc/passwd",
        "https://",
        "https://:443/",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://@example.org/",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/with space",
        "https://example.org/\r\nX-Injected: yes",
        "https://exämple.org/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_a_webhook_url_must_be_one(client: Client, url: str) -> None:
    response = client.post(RECORDING, webhook_url=url)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_webhook_url")


def test_the_longest_webhook_url_is_taken(client: Client) -> None:
    url = "http://coughs.invalid/"
    assert client.post(RECORDING, webhook_url=url + "a" * (2000 - len(url))).status_code == 202


@pytest.mark.parametrize("field", ["pictures", "webhook_url", "model"])
def test_an_option_given_twice_is_400(client: Client, field: str) -> None:
    files = {"file": ("a", RECORDING)}
    response = client.http.post("/v1/jobs", files=files, data={field: ["true", "true"]})
    assert (response.status_code, response.json()["code"]) == (400, "malformed_multipart")


def test_the_etag_is_the_version(client: Client) -> None:
    response = client.post(RECORDING)
    assert response.headers["etag"] == '"1"'
    job_id = response.json()["id"]
    assert client.wait(job_id)["status"] == "succeeded"
    assert client.http.get(f"/v1/jobs/{job_id}").headers["etag"] == '"3"'
