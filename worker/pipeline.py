"""The whole way of one recording: bytes → waveform → patches → logit → diagnosis."""

from __future__ import annotations

from time import perf_counter

from shared.audio_format import AudioFormat
from shared.job import Audio, Result, Timings
from worker.audio.decoding import decode
from worker.audio.quality import quality_warnings
from worker.diagnosis import diagnose_logit
from worker.features import waveform_to_patches
from worker.model.bundle import Bundle


def diagnose_recording(
    recording: bytes, audio_format: AudioFormat, bundle: Bundle, max_audio_seconds: float
) -> Result:
    """Diagnose a recording. The same bytes and bundle give the same answer.

    Args:
        recording: the whole file.
        audio_format: as sniffed.
        bundle: the model; its card configures every step.
        max_audio_seconds: longer recordings are refused.

    Raises:
        RecordingError: the recording cannot be diagnosed; its subclass tells why.
    """
    card, front_end = bundle.card, bundle.card.front_end
    started = perf_counter()
    decoded = decode(recording, audio_format, front_end.sample_rate, max_audio_seconds)
    decoded_at = perf_counter()
    warnings = quality_warnings(decoded)
    patches = waveform_to_patches(decoded.waveform, front_end)
    patched_at = perf_counter()
    diagnosis = diagnose_logit(bundle.clip_logit(patches), card)
    ended = perf_counter()
    return Result(
        diagnosis=diagnosis.label,
        score=diagnosis.score,
        probabilities=diagnosis.probabilities,
        audio=Audio(
            duration_s=round(decoded.duration_s, 3),
            sample_rate=decoded.sample_rate,
            channels=decoded.channels,
            format=decoded.format,
        ),
        warnings=warnings,
        timings_ms=Timings(
            decode=_ms(decoded_at - started),
            spectrogram=_ms(patched_at - decoded_at),
            inference=_ms(ended - patched_at),
            total=_ms(ended - started),
        ),
        disclaimer=card.disclaimer,
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
