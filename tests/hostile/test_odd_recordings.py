"""What is valid is decoded, whole, in whatever odd way it is valid."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from shared.audio_format import SNIFF_BYTES, AudioFormat, sniff
from tests.hostile.fenced import FencedChild, fenced_child
from tests.hostile.odd import odd_recordings
from tests.support.recordings import cough, encode, write_with_soundfile
from tests.support.wav import chunk, wav


@pytest.fixture(scope="module")
def child() -> Iterator[FencedChild]:
    with fenced_child() as child:
        yield child


def test_each_is_told_by_its_first_bytes_and_decoded_whole(child: FencedChild) -> None:
    formats = set()
    for odd in odd_recordings():
        assert sniff(odd.data[:SNIFF_BYTES]) is odd.format, odd.name
        ended = child.decode(odd.name, odd.format, odd.data)
        assert ended["outcome"] == "waveform", f"{odd.name}: {ended}"
        # Lossy formats fill the last packet up.
        assert ended["seconds"] == pytest.approx(odd.seconds, abs=0.09), odd.name
        assert not ended["truncated"], odd.name
        formats.add(odd.format)
    assert formats == set(AudioFormat)
    assert child.tally.outcomes["waveform"] > 160


def test_what_has_very_many_samples_is_decoded_if_it_is_a_sound(child: FencedChild) -> None:
    for audio_format, rate, seconds in (
        (AudioFormat.WAV, 192_000, 3.0),
        (AudioFormat.FLAC, 192_000, 4.0),
        (AudioFormat.OGG_VORBIS, 96_000, 8.0),
    ):
        sound = np.repeat(cough(seconds, rate)[:, None], 8, axis=1)
        container = {AudioFormat.OGG_VORBIS: "OGG"}.get(audio_format, audio_format.upper())
        subtype = "VORBIS" if container == "OGG" else "PCM_16"
        data = write_with_soundfile(sound, rate, container, subtype)
        ended = child.decode(audio_format, audio_format, data)
        assert ended.get("seconds") == seconds, f"{audio_format}: {ended}"


@pytest.mark.parametrize(
    "audio_format", [AudioFormat.FLAC, AudioFormat.OGG_OPUS, AudioFormat.WEBM, AudioFormat.M4A]
)
def test_a_minute_of_silence_is_decoded(child: FencedChild, audio_format: AudioFormat) -> None:
    data = encode(np.zeros(59 * 48_000, np.float32), 48_000, audio_format, channels=2)

    ended = child.decode(audio_format, audio_format, data)

    assert ended["outcome"] == "waveform"
    assert ended["seconds"] == pytest.approx(59, abs=0.09)


@pytest.mark.parametrize(
    "data",
    [wav(b""), wav(b"", before=chunk(b"LIST", b"INFO")), wav(b"", after=chunk(b"JUNK", b""))],
)
def test_a_data_chunk_without_data_is_no_audio(child: FencedChild, data: bytes) -> None:
    assert child.decode("empty", AudioFormat.WAV, data)["outcome"] == "no_audio"
