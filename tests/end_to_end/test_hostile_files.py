"""Bad input costs its sender an error, and nobody else anything."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import soundfile

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service
from tests.support.recordings import cough, encode

GOOD = encode(cough(), 16000, AudioFormat.WAV)
MOST_BYTES = 150 * 1024 * 1024


def truncated() -> Iterator[tuple[str, bytes]]:
    for audio_format in AudioFormat:
        whole = encode(cough(), 16000, audio_format)
        for tenth in range(1, 10):
            yield f"{audio_format} cut at {tenth}/10", whole[: len(whole) * tenth // 10]


def flac_bomb() -> bytes:
    """600 s of silence in 8 channels at 192 kHz: small, and 3.7 GB when decoded."""
    buffer = io.BytesIO()
    silence = np.zeros((192_000, 8), np.int16)
    with soundfile.SoundFile(buffer, "w", 192_000, 8, format="FLAC") as file:
        for _ in range(600):
            file.write(silence)
    return buffer.getvalue()


def lying_wavs() -> Iterator[tuple[str, bytes]]:
    for length in (0, 2, 100, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF):
        header = GOOD[:40] + struct.pack("<I", length)
        yield f"wav of {length:#x} bytes", header + GOOD[44:]


def random_strings() -> Iterator[tuple[str, bytes]]:
    generator = random.Random(7)
    magics = [encode(cough(0.2), 16000, audio_format)[:40] for audio_format in AudioFormat]
    for number in range(200):
        noise = generator.randbytes(generator.randrange(1, 20_000))
        # Every other one looks like a recording at first sight.
        yield f"random {number}", noise if number % 2 else generator.choice(magics) + noise


def hostile_files() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "text", b"This is not a recording. " * 200
    yield from truncated()
    yield "flac bomb", flac_bomb()
    yield from lying_wavs()
    yield from random_strings()


def test_none_of_them_hurts(client: Client, shared_service: Service) -> None:
    client.diagnose(GOOD)
    children = shared_service.pool_children()
    before = {child.pid: child.memory_info().rss for child in children}

    for name, recording in hostile_files():
        response = client.post(recording, "cough.wav")
        if response.status_code == 202:
            job = client.wait(response.json()["id"])
            assert job["status"] == "failed", f"{name}: {job}"
            assert job["error"]["code"] in (
                "corrupt_audio",
                "truncated_audio",
                "no_audio",
                "too_long",
            ), name
        else:
            assert response.status_code in (415, 422), f"{name}: {response.text}"
            assert response.json()["code"]

    assert client.diagnose(GOOD)["status"] == "succeeded"
    # The same children are there, and none ever needed much more memory.
    for child in shared_service.pool_children():
        assert _peak(child) - before[child.pid] < MOST_BYTES


def _peak(process: psutil.Process) -> int:
    """The most memory that the process ever had resident, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
