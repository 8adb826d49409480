"""No key and no file name in anything that any process says, at the most talkative setting."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.keys import client_with, new_key
from tests.end_to_end.processes import Service, service
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
FILE_NAME = "Jane-Doe-1961-02-03"
WRONG = f"cough_{'0' * 16}_{'5ec2e7' * 10}5ec2"


def _raw(url: str, request: bytes) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 80), 10) as connection:
        connection.sendall(request)
        connection.settimeout(10)
        connection.recv(4096)


def _use(running: Service, key: str) -> None:
    with client_with(running.url, key) as client, Client(running.url) as nobody:
        job = client.post(RECORDING, f"{FILE_NAME}.wav", headers={"prefer": "wait=30"}).json()
        assert job["status"] == "succeeded"
        client.http.delete(f"/v1/jobs/{job['id']}")
        client.post(b"no sound", f"{FILE_NAME}.wav")
        client.post(b"", FILE_NAME, model=FILE_NAME)
        client.http.post("/v1/jobs", files={"other": (FILE_NAME, RECORDING)})
        client.post(RECORDING[:200], f"{FILE_NAME}.wav", headers={"prefer": "wait=30"})
        broken = {"content-type": "multipart/form-data; boundary=x"}
        body = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{FILE_NAME}'
        client.http.post("/v1/jobs", content=body.encode(), headers=broken)
        client.http.get(f"/v1/jobs/{FILE_NAME}")
        client.http.get(f"/v1/jobs?cursor={key}&limit={FILE_NAME}")
        for header in (f"Bearer {WRONG}", f"Basic {WRONG}", WRONG):
            nobody.http.get("/v1/jobs", headers={"authorization": header})
    # What is no HTTP never comes to us; the server speaks of it alone.
    _raw(
        running.url,
        f"GET / HTTP/1.1\r\nauthorization: Bearer {key}\r\n{FILE_NAME}\r\n\r\n".encode(),
    )
    _raw(running.url, f"{FILE_NAME} {key}\r\n\r\n".encode())


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_private_is_said(tmp_path: Path, form: str) -> None:
    with service(tmp_path, {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": form}) as running:
        key = new_key(running.redis_url)
        _use(running, key.key)
    output = "".join(running.lines)

    assert "Invalid HTTP request" in output  # the server itself was heard
    assert "accepted for" in output
    for private in (FILE_NAME, key.key.rpartition("_")[2], key.webhook_secret, "5ec2e7"):
        assert private not in output
