"""Every refusal is a problem document with a stable code."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import raw_http
from tests.end_to_end.client import Client
from tests.support.recordings import cough, encode

LIMIT = 10 * 1024 * 1024


def assert_problem(response: httpx.Response, status: int, code: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert set(problem) == {"type", "title", "status", "detail", "code"}


def test_text_renamed_to_wav_is_415(client: Client) -> None:
    assert_problem(client.post(b"not a sound" * 100, "cough.wav"), 415, "unsupported_format")


def test_an_empty_file_is_422(client: Client) -> None:
    assert_problem(client.post(b""), 422, "empty_file")


def test_a_form_without_the_file_is_422(client: Client) -> None:
    other = client.http.post("/v1/jobs", files={"sound": ("a.wav", b"RIFF")})
    assert_problem(other, 422, "missing_file")


def test_a_text_field_named_file_is_422(client: Client) -> None:
    response = client.http.post("/v1/jobs", files={"file": (None, "cough")})
    assert_problem(response, 422, "missing_file")


def test_a_body_that_is_no_form_is_422(client: Client) -> None:
    assert_problem(client.http.post("/v1/jobs", content=b"RIFF"), 422, "missing_file")
    assert_problem(client.http.post("/v1/jobs", json={"file": "a"}), 422, "missing_file")


def test_a_broken_form_is_400(client: Client) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    response = client.http.post("/v1/jobs", content=b"--y\r\nnonsense", headers=headers)
    assert_problem(response, 400, "malformed_multipart")
    headers = {"content-type": "multipart/form-data"}
    response = client.http.post("/v1/jobs", content=b"--x--", headers=headers)
    assert_problem(response, 400, "malformed_multipart")


@pytest.mark.parametrize("job_id", ["0" * 32, "nonsense", "..%2f..%2fetc", "%00"])
def test_an_unknown_job_is_404(client: Client, job_id: str) -> None:
    for method in ("GET", "DELETE"):
        response = client.http.request(method, f"/v1/jobs/{job_id}")
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


def test_unknown_paths_and_methods_are_problems_too(client: Client) -> None:
    assert_problem(client.http.get("/v1/nothing"), 404, "not_found")
    assert_problem(client.http.put("/v1/jobs"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/v1/jobs", "GET, POST"), ("/v1/jobs/some", "DELETE, GET"), ("/v1/models", "GET")],
)
def test_a_wrong_method_is_told_all_that_are_right(client: Client, path: str, methods: str) -> None:
    allowed = client.http.patch(path).headers["allow"]
    assert sorted(allowed.split(", ")) == methods.split(", ")


def test_a_recording_of_exactly_the_limit_is_taken(client: Client) -> None:
    wav = encode(cough(), 16000, AudioFormat.WAV)
    assert client.post(wav + b"\0" * (LIMIT - len(wav))).status_code == 202
    assert_problem(client.post(wav + b"\0" * (LIMIT - len(wav) + 1)), 413, "payload_too_large")


def test_a_declared_length_over_the_limit_is_refused_unread(client: Client) -> None:
    with raw_http.connect(client.http.base_url) as connection:
        connection.sendall(raw_http.form_head(2 * LIMIT))
        # Nothing of the body was sent: the answer cannot have waited for it.
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_without_length_is_counted_as_it_arrives(client: Client) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while sent < 50 * LIMIT:
            sent += 65536
            yield b"\0" * 65536

    headers = {"content-type": "multipart/form-data; boundary=x"}
    try:
        response = client.http.post("/v1/jobs", content=body(), headers=headers)
    except httpx.TransportError:
        pass  # refused in the middle of sending: the connection is closed, which says enough
    else:
        assert_problem(response, 413, "payload_too_large")
    assert sent < 4 * LIMIT  # the rest was not read
