"""Every format comes back as what was recorded: length, channels and sample for sample."""

from __future__ import annotations

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from tests.support import recordings
from worker.audio.decoding import Decoded, decode

RATE = 16_000
FRAME_S = 0.07  # AAC pads its last frame


def _decode(recording: bytes, audio_format: AudioFormat, sample_rate: int = RATE) -> Decoded:
    return decode(recording, audio_format, sample_rate, max_seconds=60)


def _difference(decoded: Decoded, source: recordings.Waveform) -> float:
    """Root mean square of what differs, relative to the source, with no shift allowed."""
    count = min(len(decoded.waveform), len(source))
    error = decoded.waveform[:count] - source[:count]
    return float(np.sqrt(np.mean(error**2) / np.mean(source[:count] ** 2)))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("audio_format", AudioFormat)
def test_figures_are_those_of_the_file(audio_format: AudioFormat, channels: int) -> None:
    cough = recordings.cough(1.5, RATE)

    decoded = _decode(recordings.encode(cough, RATE, audio_format, channels), audio_format)

    assert decoded.duration_s == pytest.approx(1.5, abs=FRAME_S)
    assert len(decoded.waveform) == pytest.approx(decoded.duration_s * RATE, abs=1)
    assert decoded.waveform.dtype == np.float32
    assert decoded.channels == channels
    assert decoded.format is audio_format
    opus = audio_format in (AudioFormat.OGG_OPUS, AudioFormat.WEBM)
    assert decoded.sample_rate == (48_000 if opus else RATE)
    assert not decoded.truncated


@pytest.mark.parametrize("audio_format", recordings.LOSSLESS)
def test_lossless_formats_give_the_samples_back(audio_format: AudioFormat) -> None:
    cough = recordings.cough(1.0, RATE)

    decoded = _decode(recordings.encode(cough, RATE, audio_format), audio_format)

    assert len(decoded.waveform) == len(cough)
    assert np.abs(decoded.waveform - cough).max() < 1 / 32_000


@pytest.mark.parametrize("audio_format", recordings.LOSSY)
def test_lossy_formats_give_nearly_the_samples_back(audio_format: AudioFormat) -> None:
    chirp = recordings.chirp(1.5, RATE)

    decoded = _decode(recordings.encode(chirp, RATE, audio_format), audio_format)

    assert _difference(decoded, chirp) < 0.1


@pytest.mark.parametrize("sample_rate", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("audio_format", AudioFormat)
def test_every_format_is_resampled(audio_format: AudioFormat, sample_rate: int) -> None:
    recording = recordings.encode(recordings.chirp(1.5, sample_rate), sample_rate, audio_format)

    decoded = _decode(recording, audio_format)

    assert decoded.duration_s == pytest.approx(1.5, abs=FRAME_S)
    assert _difference(decoded, recordings.chirp(1.5, RATE)) < 0.1


@pytest.mark.parametrize("to_rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("from_rate", [4_000, 11_025, 32_000, 96_000, 192_000])
@pytest.mark.parametrize("audio_format", [AudioFormat.WAV, AudioFormat.FLAC])
def test_from_4_to_192_khz(audio_format: AudioFormat, from_rate: int, to_rate: int) -> None:
    recording = recordings.encode(recordings.chirp(1.0, from_rate), from_rate, audio_format)

    decoded = _decode(recording, audio_format, to_rate)

    assert decoded.sample_rate == from_rate
    assert len(decoded.waveform) == to_rate
    edge = to_rate // 50  # where the filter has nothing to look at
    inside = slice(edge, -edge)
    difference = decoded.waveform[inside] - recordings.chirp(1.0, to_rate)[inside]
    assert np.abs(difference).max() < 0.01


def test_what_the_new_rate_cannot_hold_is_filtered_out() -> None:
    high = recordings.chirp(1.0, 48_000, from_hz=9_000, to_hz=20_000)

    decoded = _decode(recordings.encode(high, 48_000, AudioFormat.WAV), AudioFormat.WAV)

    assert np.abs(decoded.waveform[200:-200]).max() < 0.001


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_the_same_bytes_give_the_same_samples(audio_format: AudioFormat) -> None:
    recording = recordings.encode(recordings.cough(1.0), RATE, audio_format, channels=2)

    first, second = _decode(recording, audio_format), _decode(recording, audio_format)

    assert np.array_equal(first.waveform, second.waveform)
