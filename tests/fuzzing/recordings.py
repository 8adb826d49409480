"""Recordings for requests that are made in great numbers."""

from __future__ import annotations

import io
import wave


def recording(seconds: float) -> bytes:
    """A WAV with a rough sound in it; short, so that the worker keeps up."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(7 * step * step % 251 for step in range(round(32_000 * seconds))))
    return buffer.getvalue()
