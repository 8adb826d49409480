"""Recording bytes → mono waveform, bounded in memory and time whatever the bytes say."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from shared.audio_format import AudioFormat
from shared.errors import (
    CorruptAudioError,
    NoAudioError,
    TooLongError,
    TruncatedAudioError,
)
from worker.audio.completeness import missing_share
from worker.audio.pyav_reader import open_with_pyav
from worker.audio.readers import Reader, Source
from worker.audio.soundfile_reader import FORMATS as SOUNDFILE_FORMATS
from worker.audio.soundfile_reader import open_with_soundfile

MAX_CHANNELS = 16
SAMPLE_RATES = range(1000, 384_001)  # Hz
# Less missing than this is a lost last frame and only a warning; more is another recording.
TOLERATED_MISSING_SHARE = 0.05
# Samples a second, over all channels: of stereo at 48 kHz. What has more must have bytes for it:
# the lowest bitrates give 20 to 50 samples to a byte, silence that is a bomb has thousands.
FREE_SAMPLE_RATE = 2 * 48_000
MOST_SAMPLES_PER_BYTE = 64
# Encoders fill their first and last packets up.
PADDING_S = 1.0


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded recording.

    Attributes:
        waveform: float32 (samples,), mono, at the rate asked for, full scale ±1.
        duration_s: of the file, in seconds.
        sample_rate: of the file, in Hz.
        channels: of the file.
        format: of the file.
        truncated: a small part of the file's end is missing.
    """

    waveform: npt.NDArray[np.float32]
    duration_s: float
    sample_rate: int
    channels: int
    format: AudioFormat
    truncated: bool


def decode(data: bytes, audio_format: AudioFormat, sample_rate: int, max_seconds: float) -> Decoded:
    """Decode a recording, mix its channels down and resample it.

    Args:
        data: the whole file.
        audio_format: as sniffed.
        sample_rate: of the waveform to give, in Hz.
        max_seconds: longer recordings are refused, by their header before anything is decoded.

    Raises:
        TruncatedAudioError: more than `TOLERATED_MISSING_SHARE` of the file is missing.
        CorruptAudioError: no decoder can read it.
        NoAudioError: it has no audio stream, or one without samples.
        TooLongError: it lasts longer than `max_seconds`, or has more samples than these have at
            `FREE_SAMPLE_RATE`, and more than `MOST_SAMPLES_PER_BYTE`.
    """
    bounds = _Bounds(max_seconds, len(data))
    missing = missing_share(data, audio_format)
    _check_missing(missing)

    def decode_with(reader: Reader) -> Decoded:
        opened = reader(data, audio_format)
        return _decode(opened, audio_format, sample_rate, bounds, missing)

    if audio_format in SOUNDFILE_FORMATS:
        with suppress(CorruptAudioError):
            return decode_with(open_with_soundfile)
    return decode_with(open_with_pyav)


@dataclass(frozen=True, slots=True)
class _Bounds:
    seconds: float
    file_bytes: int

    def check(self, frames: int, source: Source, read: int | None = None) -> None:
        """Refuse so many samples per channel, which so many bytes gave; None: the whole file."""
        if frames > self.seconds * source.sample_rate:
            raise TooLongError(f"The recording lasts longer than {self.seconds:g} s")
        samples, worth = frames * source.channels, self.file_bytes if read is None else read
        if samples > max(self.seconds * FREE_SAMPLE_RATE, MOST_SAMPLES_PER_BYTE * worth):
            raise TooLongError(
                "The recording has far more samples than bytes: it is hardly a sound"
            )


def _decode(
    opened: AbstractContextManager[Source],
    audio_format: AudioFormat,
    sample_rate: int,
    bounds: _Bounds,
    missing: float,
) -> Decoded:
    with opened as source:
        _check_header(source, bounds)
        frames, mono = 0, []
        resampler = soxr.ResampleStream(source.sample_rate, sample_rate, 1, dtype="float32")
        for block in source.blocks:
            frames += len(block)
            bounds.check(frames, source, source.bytes_read())
            with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is told below
                mixed = np.ascontiguousarray(block.mean(axis=1, dtype=np.float32))
            mono.append(resampler.resample_chunk(mixed))
        mono.append(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
        if not frames:
            raise NoAudioError("The recording has no samples")
        if source.declared_frames and audio_format is AudioFormat.FLAC:
            missing = max(missing, 1.0 - frames / source.declared_frames)
            _check_missing(missing)
        return Decoded(
            waveform=_finite(np.concatenate(mono)),
            duration_s=frames / source.sample_rate,
            sample_rate=source.sample_rate,
            channels=source.channels,
            format=audio_format,
            truncated=missing > 0,
        )


def _check_header(source: Source, bounds: _Bounds) -> None:
    if source.sample_rate not in SAMPLE_RATES:
        raise CorruptAudioError(f"A sample rate of {source.sample_rate} Hz is not audio")
    if not 0 < source.channels <= MAX_CHANNELS:
        raise CorruptAudioError(f"{source.channels} channels are not a recording")
    bounds.check(source.declared_frames or 0, source)
    bounds.check(round((source.seconds_ahead - PADDING_S) * source.sample_rate), source)


def _check_missing(share: float) -> None:
    if share > TOLERATED_MISSING_SHARE:
        raise TruncatedAudioError("The file ends before its audio does: was the upload cut short?")


def _finite(waveform: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Float formats may hold NaN, infinity or absurd values: none may reach the network."""
    if not np.isfinite(waveform).all() or np.abs(waveform).max(initial=0.0) > 1e6:
        raise CorruptAudioError("The samples are not finite numbers within reason")
    return waveform
