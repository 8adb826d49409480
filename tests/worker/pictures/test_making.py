"""The pictures themselves: they open, they are small, and they are the right way round."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from shared.bundle import Card, read_card
from shared.pictures import ExplanationArrays, PictureFormat, PictureName, SpectrogramArrays
from tests.support.bundles import served_bundle
from tests.support.recordings import Waveform, chirp, cough
from tests.support.results import RESULT
from worker.model.outputs import PatchOutputs
from worker.pictures import colours
from worker.pictures.canvas import LEFT, PLOT_HEIGHT, TOP, WIDTH
from worker.pictures.levels import BANDS, COLUMNS
from worker.pictures.making import make_pictures
from worker.pipeline import Examination

RATE = 16_000
SPECTROGRAM, EXPLANATION = PictureName.SPECTROGRAM, PictureName.EXPLANATION
PNG, JSON = PictureFormat.PNG, PictureFormat.JSON


@pytest.fixture(scope="module")
def card() -> Card:
    """A card whose network hears patches of 5.12 s."""
    card = read_card(served_bundle())
    patches = {"patch_frames": 512, "patch_hop_frames": 256}
    return card.model_copy(update={"front_end": card.front_end.model_copy(update=patches)})


def _examined(waveform: Waveform, *, grid: bool = True) -> Examination:
    patches = max(1, round(len(waveform) / RATE / 2.56))
    random = np.random.default_rng(0)
    evidence = random.standard_normal((patches, 32, 4), np.float32)
    outputs = PatchOutputs(evidence.sum(axis=(1, 2)), np.zeros(patches, np.float32), evidence)
    return Examination(RESULT, outputs if grid else replace(outputs, evidence=None), waveform)


def _noise(seconds: float) -> Waveform:
    """The worst that there is for a PNG."""
    return np.random.default_rng(1).uniform(-1, 1, round(seconds * RATE)).astype(np.float32)


def _silence(seconds: float) -> Waveform:
    """The worst that there is for JSON: each level has as many digits as it can have."""
    return np.zeros(round(seconds * RATE), np.float32)


def _plot(png: bytes) -> Image.Image:
    """The picture without what is around its plot."""
    picture = Image.open(io.BytesIO(png))
    assert picture.width == WIDTH
    return picture.convert("RGB").crop((LEFT, TOP, LEFT + COLUMNS, TOP + PLOT_HEIGHT))


@pytest.mark.parametrize("seconds", [0.05, 5.0, 60.0])
@pytest.mark.parametrize("make", [_noise, _silence, cough])
def test_they_are_small_whatever_the_recording(
    card: Card, seconds: float, make: Callable[[float], Waveform]
) -> None:
    pictures = make_pictures(_examined(make(seconds)), card)

    for (_, form), data in pictures.items():
        assert len(data) < (150_000 if form is PNG else 400_000)


def test_a_chirp_rises_from_the_lower_left_to_the_upper_right(card: Card) -> None:
    pictures = make_pictures(_examined(chirp(3.0, from_hz=200, to_hz=7000)), card)

    light = np.asarray(_plot(pictures[SPECTROGRAM, PNG]).convert("L"), dtype=int)
    rows = light.argmax(axis=0)[20:-20]
    assert (np.diff(rows) <= 0).all()  # rows are counted from above
    assert rows[0] > 0.8 * PLOT_HEIGHT
    assert rows[-1] < 0.1 * PLOT_HEIGHT


def test_what_speaks_for_sick_is_orange_and_where_it_was(card: Card) -> None:
    examined = _examined(np.zeros(round(5.12 * RATE), np.float32))
    evidence = np.zeros((1, 32, 4), np.float32)
    evidence[0, 0, 3], evidence[0, 31, 0] = 1.0, -1.0  # first and high; last and low
    outputs = PatchOutputs(evidence.sum(axis=(1, 2)), np.zeros(1, np.float32), evidence)

    png = make_pictures(replace(examined, outputs=outputs), card)[EXPLANATION, PNG]

    plot, tints = _plot(png), colours.for_and_against()
    assert plot.getpixel((5, 60)) == tuple(tints[-1])
    assert plot.getpixel((COLUMNS - 5, PLOT_HEIGHT - 60)) == tuple(tints[0])
    assert plot.getpixel((COLUMNS // 2, PLOT_HEIGHT // 2)) == (255, 255, 255)


def test_where_there_is_no_map_it_is_attention(card: Card) -> None:
    pictures = make_pictures(_examined(np.zeros(3 * RATE, np.float32), grid=False), card)

    pixels = _plot(pictures[EXPLANATION, PNG]).getcolors()
    assert pixels == [(COLUMNS * PLOT_HEIGHT, tuple(colours.attention()[-1].tolist()))]
    assert json.loads(pictures[EXPLANATION, JSON])["map"] is None


def test_the_spectrogram_s_arrays(card: Card) -> None:
    arrays = SpectrogramArrays.model_validate_json(
        make_pictures(_examined(cough(2.0)), card)[SPECTROGRAM, JSON]
    )

    assert np.shape(arrays.levels_db) == (COLUMNS, BANDS)
    assert (len(arrays.times_s), len(arrays.bands_hz)) == (COLUMNS + 1, BANDS + 1)
    assert (arrays.times_s[0], arrays.times_s[-1]) == (0, 2)
    assert (arrays.bands_hz[0], arrays.bands_hz[-1]) == (0, RATE / 2)
    assert np.max(arrays.levels_db) == arrays.highest_db


def test_the_explanation_s_arrays_sum_to_the_logit(card: Card) -> None:
    arrays = ExplanationArrays.model_validate_json(
        make_pictures(_examined(cough(10.0)), card)[EXPLANATION, JSON]
    )

    assert arrays.map is not None
    assert np.sum(arrays.map.values) == pytest.approx(arrays.logit, abs=1e-3)
    assert np.shape(arrays.map.values) == (len(arrays.map.times_s) - 1, 4)
    assert arrays.map.bands_hz is not None
    assert len(arrays.map.bands_hz) == 5
    assert np.dot(arrays.attention.shares, arrays.attention.logits) == pytest.approx(
        arrays.logit, abs=1e-4
    )
    assert arrays.disclaimer == card.full_disclaimer


def test_the_same_recording_gives_the_same_bytes(card: Card) -> None:
    examined = _examined(cough(1.0))
    assert make_pictures(examined, card) == make_pictures(examined, card)


def test_a_long_caveat_gets_the_paper_that_it_needs(card: Card) -> None:
    long = card.model_copy(update={"caveat": "Ein Modell für Versuche – nicht mehr. " * 30})
    heights = [
        Image.open(io.BytesIO(make_pictures(_examined(cough(1.0)), one)[EXPLANATION, PNG])).height
        for one in (card, long)
    ]
    assert heights[1] > heights[0] + 80
