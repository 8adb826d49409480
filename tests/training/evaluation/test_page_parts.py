"""What the report is put together from: charts, sounds, pictures, groups."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shared.audio_format import SNIFF_BYTES, AudioFormat, sniff
from shared.bundle import Figure
from tests.support.recordings import chirp, cough
from tests.training.evaluation.conftest import RATE, make_examined
from training.evaluation.breakdown import (
    confusion,
    errors_by_source,
    groups_by_device,
    groups_by_duration,
    groups_by_fold,
)
from training.evaluation.charts import Chart, interval_chart, ticks
from training.evaluation.listening import audio_uri, spectrogram_uri
from training.evaluation.mistakes import worst_mistakes
from training.front_end import YAMNET_FRONT_END
from worker.audio.decoding import decode


def content(uri: str, media_type: str) -> bytes:
    head, _, body = uri.partition(",")
    assert head == f"data:{media_type};base64"
    return base64.b64decode(body)


def test_a_sound_can_be_played_again_and_is_small() -> None:
    sound = cough(5.0) * 4  # above full scale: turned down, not clipped
    encoded = content(audio_uri(sound, RATE), "audio/mpeg")
    assert sniff(encoded[:SNIFF_BYTES]) is AudioFormat.MP3
    assert len(encoded) < 40_000
    heard = decode(encoded, AudioFormat.MP3, RATE, 10.0).waveform
    assert len(heard) == pytest.approx(len(sound), abs=4000)
    # The power in 35 bands of some 230 Hz: MP3 keeps that, not every wave.
    spectra = [np.abs(np.fft.rfft(its[:70_000]))[:35_000] ** 2 for its in (heard, sound)]
    powers = [spectrum.reshape(35, 1000).sum(axis=1) for spectrum in spectra]
    assert np.corrcoef(*powers)[0, 1] > 0.95


def test_a_spectrogram_shows_a_rising_tone_from_low_left_to_high_right() -> None:
    uri = spectrogram_uri(chirp(2.0, from_hz=200.0, to_hz=6000.0), YAMNET_FRONT_END)
    picture = np.asarray(Image.open(io.BytesIO(content(uri, "image/png"))).convert("L"))
    assert picture.shape[0] == YAMNET_FRONT_END.mel_bands
    brightest = picture.argmax(axis=0)
    early, late = brightest[5:20].mean(), brightest[-20:-5].mean()
    assert early > 50
    assert late < 10


@given(st.floats(-100, 100), st.floats(0.001, 1000))
def test_ticks_are_round_few_and_inside(low: float, width: float) -> None:
    found = ticks((low, low + width))
    assert 3 <= len(found) <= 11
    assert found[0] >= low - 1e-6 * width
    assert found[-1] <= low + width * (1 + 1e-6)


def test_charts_are_well_formed_described_and_escaped() -> None:
    chart = Chart("what <it> shows", "x & y", "y")
    chart.band([0, 1], [0, 0.5], [0.5, 1], 0)
    chart.line([0, 1], [0, 1], 0)
    chart.reference([0, 1], [1, 0])
    chart.dot(0.5, 0.5, 1, "a > b")
    chart.whisker(0.5, 0.2, 0.9, 1)
    chart.bar(0.0, 0.1, 0.4, 2, "four")
    rows = [("<name>", Figure(value=0.6, low=0.5, high=2.0), 0)]
    intervals = interval_chart("intervals", rows, (0.0, 1.0), percent=True, reference=0.5)
    for svg, description in ((chart.svg(), "what <it> shows"), (intervals, "intervals")):
        root = ElementTree.fromstring(str(svg))
        assert root.get("role") == "img"
        assert root.get("aria-label") == description
        width, height = (float(its) for its in root.attrib["viewBox"].split()[2:])
        for element in root.iter():
            for name, most in (("x1", width), ("x2", width), ("y1", height), ("y2", height)):
                assert 0 <= float(element.get(name, "0")) <= most


LABELS = [1, 1, 1, 0, 0, 0, 0, 1]
ANSWERS = [0.9, 0.4, 0.1, 0.2, 0.6, 0.8, 0.1, 0.45]
SOURCES = ["a", "a", "b", "c", "c", "d", "e", "b"]


def test_the_confusion_matrix_counts_every_clip_once() -> None:
    found = confusion(make_examined(LABELS, ANSWERS, sources=SOURCES))
    assert found.model_dump() == {
        "sick_called_sick": 1,
        "sick_called_not_sick": 3,
        "not_sick_called_sick": 2,
        "not_sick_called_not_sick": 2,
    }
    repeats = confusion(make_examined(LABELS, [ANSWERS, [1.0] * 8], sources=SOURCES))
    assert repeats.sick_called_sick == pytest.approx(2.5)


def test_sources_with_most_errors_come_first() -> None:
    found = errors_by_source(make_examined(LABELS, ANSWERS, sources=SOURCES))
    assert [(its.source, its.wrong, its.clips) for its in found] == [
        ("b", 2, 2),
        ("d", 1, 1),
        ("a", 1, 2),
        ("c", 1, 2),
        ("e", 0, 1),
    ]


def test_groups_hold_every_clip_once() -> None:
    waveforms = [np.zeros(RATE * (1 + i % 3), dtype=np.float32) for i in range(8)]
    examined = make_examined(
        LABELS, ANSWERS, sources=SOURCES, waveforms=waveforms, device=lambda i: "xy"[i % 2]
    )
    for groups in (
        groups_by_duration(examined),
        groups_by_device(examined),
        groups_by_fold(examined),
    ):
        assert sum(its.clips for its in groups) == 8
        assert sum(its.wrong for its in groups) == 5
        for its in groups:
            assert its.accuracy.value == pytest.approx(1 - its.wrong / its.clips)
    assert [its.name for its in groups_by_duration(examined)] == ["1.00 s", "2.00 s", "3.00 s"]
    assert [its.name for its in groups_by_device(examined)] == ["x", "y"]
    assert groups_by_device(make_examined(LABELS, ANSWERS)) == []


def test_the_worst_mistakes_are_the_most_confident_of_their_kind() -> None:
    examined = make_examined(LABELS, ANSWERS, sources=SOURCES)
    assert [its.index for its in worst_mistakes(examined, 1)] == [2, 1, 7]
    assert [its.index for its in worst_mistakes(examined, 0)] == [5, 4]
    assert [its.index for its in worst_mistakes(examined, 1, count=1)] == [2]
