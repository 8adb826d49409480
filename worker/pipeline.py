"""The whole way of one recording: bytes → waveform → patches → logit → diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from shared.audio_format import AudioFormat
from shared.job import Audio, Result, Timings
from worker.audio.decoding import decode
from worker.audio.quality import quality_warnings
from worker.diagnosis import diagnose_logit
from worker.doubts import doubt_warnings
from worker.features import waveform_to_patches
from worker.model.bundle import Bundle
from worker.model.outputs import PatchOutputs
from worker.model.pooling import attention_pool
from worker.spectrogram import Waveform


@dataclass(frozen=True, slots=True)
class Examination:
    """A diagnosis, and what it rests on: the decoded sound and the network's outputs."""

    result: Result
    outputs: PatchOutputs
    waveform: Waveform


def go_on() -> None:
    """What lies between two steps where nobody wants to stop the diagnosis."""


def diagnose_recording(
    recording: bytes,
    audio_format: AudioFormat,
    bundle: Bundle,
    max_audio_seconds: float,
    between_steps: Callable[[], None] = go_on,
) -> Result:
    """Diagnose a recording: the result of `examine_recording`, which see."""
    return examine_recording(
        recording, audio_format, bundle, max_audio_seconds, between_steps
    ).result


def examine_recording(
    recording: bytes,
    audio_format: AudioFormat,
    bundle: Bundle,
    max_audio_seconds: float,
    between_steps: Callable[[], None] = go_on,
) -> Examination:
    """Diagnose a recording. The same bytes and bundle give the same answer.

    Args:
        recording: the whole file.
        audio_format: as sniffed.
        bundle: the model; its card configures every step.
        max_audio_seconds: longer recordings are refused.
        between_steps: called after decoding and after the spectrogram; what it raises ends the
            diagnosis.

    Raises:
        RecordingError: the recording cannot be diagnosed; its subclass tells why.
    """
    card, front_end = bundle.card, bundle.card.front_end
    started = perf_counter()
    decoded = decode(recording, audio_format, front_end.sample_rate, max_audio_seconds)
    between_steps()
    decoded_at = perf_counter()
    warnings = quality_warnings(decoded)
    patches = waveform_to_patches(decoded.waveform, front_end)
    between_steps()
    patched_at = perf_counter()
    outputs = bundle.patch_outputs(patches)
    logit = attention_pool(outputs.logits, outputs.attention)
    diagnosis = diagnose_logit(logit, card)
    ended = perf_counter()
    result = Result(
        diagnosis=diagnosis.label,
        score=diagnosis.score,
        probabilities=diagnosis.probabilities,
        audio=Audio(
            duration_s=round(decoded.duration_s, 3),
            sample_rate=decoded.sample_rate,
            channels=decoded.channels,
            format=decoded.format,
        ),
        warnings=[*warnings, *doubt_warnings(logit, outputs.event, card)],
        timings_ms=Timings(
            decode=_ms(decoded_at - started),
            spectrogram=_ms(patched_at - decoded_at),
            inference=_ms(ended - patched_at),
            total=_ms(ended - started),
        ),
        disclaimer=card.full_disclaimer,
    )
    return Examination(result, outputs, decoded.waveform)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
