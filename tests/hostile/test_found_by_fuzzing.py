"""What fuzzing found, each made small, so that it stays mended."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError, RecordingError
from tests.support.recordings import cough, encode
from worker.audio.decoding import decode
from worker.audio.pyav_reader import open_with_pyav

RATE = 16_000
FOUND = Path(__file__).parent / "found"


def test_a_stream_that_begins_in_mid_file() -> None:
    """PyAV knows the streams of the beginning, and looks the new one up among them."""
    data = (FOUND / "stream-in-mid-file.ogg").read_bytes()

    with pytest.raises(CorruptAudioError):
        decode(data, AudioFormat.OGG_VORBIS, RATE, 60)
    with (
        pytest.raises(CorruptAudioError, match="damaged"),
        open_with_pyav(data, AudioFormat.OGG_VORBIS) as source,
    ):
        list(source.blocks)


@pytest.fixture
def traced() -> Iterator[None]:
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("audio_format", AudioFormat)
def test_a_recording_that_cannot_be_decoded_is_not_kept(audio_format: AudioFormat) -> None:
    """An error that is kept in a variable keeps its traceback, and so the recording."""
    size = 1_000_000
    damaged = encode(cough(0.1), RATE, audio_format)[:30]
    for fill in range(1, 6):
        with pytest.raises(RecordingError) as caught:
            decode(damaged + bytes([fill]) * size, audio_format, RATE, 60)
        del caught

    assert tracemalloc.get_traced_memory()[0] < size
