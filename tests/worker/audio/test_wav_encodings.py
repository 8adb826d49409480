"""WAV and AIFF hold samples in many ways; all of them are the same sound."""

from __future__ import annotations

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from tests.support import recordings
from tests.support.wav import FLOAT, float32, wav
from worker.audio.decoding import decode

RATE = 16_000
COUGH = recordings.cough(0.5, RATE)


@pytest.mark.parametrize("container", ["WAV", "WAVEX", "RF64", "AIFF"])
@pytest.mark.parametrize(
    ("subtype", "tolerance"),
    [
        ("PCM_U8", 0.01),
        ("PCM_16", 1e-4),
        ("PCM_24", 1e-6),
        ("PCM_32", 1e-7),
        ("FLOAT", 0.0),
        ("DOUBLE", 0.0),
        ("ALAW", 0.02),
        ("ULAW", 0.02),
    ],
)
def test_every_encoding_of_samples(container: str, subtype: str, tolerance: float) -> None:
    recording = recordings.write_with_soundfile(COUGH, RATE, container, subtype)
    audio_format = AudioFormat.AIFF if container == "AIFF" else AudioFormat.WAV

    decoded = decode(recording, audio_format, RATE, 60)

    assert len(decoded.waveform) == len(COUGH)
    assert np.abs(decoded.waveform - COUGH).max() <= tolerance


@pytest.mark.parametrize(("container", "endian"), [("WAV", "BIG"), ("AIFF", "LITTLE")])
def test_either_byte_order(container: str, endian: str) -> None:
    recording = recordings.write_with_soundfile(COUGH, RATE, container, "PCM_16", endian)

    decoded = decode(recording, AudioFormat(container.lower()), RATE, 60)

    assert np.abs(decoded.waveform - COUGH).max() < 1e-4


@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "MS_ADPCM"])
def test_compressed_wav(subtype: str) -> None:
    chirp = recordings.chirp(1.0, RATE)
    recording = recordings.write_with_soundfile(chirp, RATE, "WAV", subtype)

    decoded = decode(recording, AudioFormat.WAV, RATE, 60)

    assert decoded.duration_s == pytest.approx(1.0, abs=0.1)
    assert np.abs(decoded.waveform[: len(chirp)] - chirp).max() < 0.1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -3e38])
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_that_are_no_numbers_within_reason_are_refused(value: float, channels: int) -> None:
    samples = np.repeat(COUGH[:, None], channels, axis=1)
    samples[1000] = value

    with pytest.raises(CorruptAudioError):
        decode(
            wav(float32(samples), bits=32, encoding=FLOAT, channels=channels),
            AudioFormat.WAV,
            RATE,
            60,
        )


def test_infinities_that_cancel_out_are_refused() -> None:
    samples = np.zeros((8000, 2), np.float32)
    samples[4000] = np.inf, -np.inf

    with pytest.raises(CorruptAudioError):
        decode(
            wav(float32(samples), bits=32, encoding=FLOAT, channels=2), AudioFormat.WAV, RATE, 60
        )


def test_a_double_too_large_for_a_float_is_refused() -> None:
    samples = COUGH.astype(np.float64)
    samples[100] = 1e300
    recording = wav(samples.astype("<f8").tobytes(), bits=64, encoding=FLOAT)

    with pytest.raises(CorruptAudioError):
        decode(recording, AudioFormat.WAV, RATE, 60)


def test_float_samples_beyond_full_scale_are_kept() -> None:
    decoded = decode(wav(float32(COUGH * 4), bits=32, encoding=FLOAT), AudioFormat.WAV, RATE, 60)

    assert np.array_equal(decoded.waveform, COUGH * 4)
