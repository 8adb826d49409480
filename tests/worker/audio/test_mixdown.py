"""Many channels become one: their mean."""

from __future__ import annotations

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from tests.support import recordings
from worker.audio.decoding import decode
from worker.audio.pyav_reader import open_with_pyav
from worker.audio.soundfile_reader import open_with_soundfile

RATE = 16_000


def _columns(channels: int) -> recordings.Waveform:
    """Another cough in each channel."""
    coughs = [recordings.cough(0.5, RATE, seed=seed) for seed in range(channels)]
    return np.stack(coughs, axis=1)


@pytest.mark.parametrize("channels", range(2, 9))
@pytest.mark.parametrize("audio_format", recordings.LOSSLESS)
def test_the_mean_of_all_channels(audio_format: AudioFormat, channels: int) -> None:
    columns = _columns(channels)

    decoded = decode(recordings.encode(columns, RATE, audio_format), audio_format, RATE, 60)

    assert decoded.channels == channels
    assert np.abs(decoded.waveform - columns.mean(axis=1)).max() < 1 / 32_000


@pytest.mark.parametrize("audio_format", recordings.LOSSY)
def test_one_silent_channel_halves_the_other(audio_format: AudioFormat) -> None:
    chirp = recordings.chirp(1.0, RATE)
    columns = np.stack([chirp, np.zeros_like(chirp)], axis=1)

    decoded = decode(recordings.encode(columns, RATE, audio_format), audio_format, RATE, 60)

    middle = decoded.waveform[2000:14_000]
    expected = chirp[2000:14_000] / 2
    assert np.sqrt(np.mean((middle - expected) ** 2) / np.mean(expected**2)) < 0.15


@pytest.mark.parametrize("channels", [1, 2, 7, 8, 9, 12, 16])
def test_both_decoders_agree_however_many_channels(channels: int) -> None:
    recording = recordings.encode(_columns(channels), RATE, AudioFormat.WAV)

    with (
        open_with_soundfile(recording, AudioFormat.WAV) as one,
        open_with_pyav(recording, AudioFormat.WAV) as other,
    ):
        assert (one.sample_rate, one.channels) == (other.sample_rate, other.channels)
        assert one.declared_frames == other.declared_frames
        assert np.array_equal(np.concatenate([*one.blocks]), np.concatenate([*other.blocks]))


@pytest.mark.parametrize("channels", [17, 64])
def test_more_channels_than_anybody_records_are_refused(channels: int) -> None:
    recording = recordings.encode(np.repeat(_columns(1), channels, axis=1), RATE, AudioFormat.WAV)

    with pytest.raises(CorruptAudioError):
        decode(recording, AudioFormat.WAV, RATE, 60)
