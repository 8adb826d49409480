"""A diagnosis made up for tests that need one."""

from __future__ import annotations

from shared.audio_format import AudioFormat
from shared.bundle import DISCLAIMER
from shared.job import Audio, Probabilities, Result, Timings, WarningCode

RESULT = Result(
    diagnosis="sick",
    score=0.93,
    probabilities=Probabilities(sick=0.93, not_sick=0.07),
    audio=Audio(duration_s=5.016, sample_rate=48_000, channels=2, format=AudioFormat.WEBM),
    warnings=[WarningCode.CLIPPED],
    timings_ms=Timings(decode=1.5, spectrogram=2.5, inference=4.0, total=8.0),
    disclaimer=DISCLAIMER,
)
