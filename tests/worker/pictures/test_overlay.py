"""The evidence over the spectrogram: each cell of it where it was heard."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.front_ends import YAMNET
from worker.model.evidence import clip_evidence
from worker.model.outputs import Floats, PatchOutputs
from worker.pictures.levels import BANDS, COLUMNS, Levels, levels_of
from worker.pictures.overlay import Overlay, overlay_of

RATE = YAMNET.sample_rate


def _levels(seconds: float) -> Levels:
    return levels_of(np.zeros(round(seconds * RATE), np.float32), RATE)


def _overlay(evidence: Floats, seconds: float, **front_end: object) -> Overlay:
    """Of patches with even attention."""
    outputs = PatchOutputs(evidence.sum(axis=(1, 2)), np.zeros(len(evidence), np.float32), evidence)
    clip = clip_evidence(outputs, YAMNET.model_copy(update=front_end))
    return overlay_of(clip, _levels(seconds))


def test_a_cell_is_where_it_was_heard() -> None:
    """The third of six cells of 0.16 s, the second of four bands."""
    evidence = np.zeros((1, 6, 4), np.float32)
    evidence[0, 2, 1] = -5.0

    overlay = _overlay(evidence, 0.96)

    columns, bands = np.nonzero(overlay.values)
    levels = _levels(0.96)
    assert overlay.is_map
    assert overlay.limit == pytest.approx(5)
    assert np.unique(overlay.values).tolist() == pytest.approx([-5, 0])
    assert levels.times_s[columns.min()] == pytest.approx(0.32, abs=0.002)
    assert levels.times_s[columns.max() + 1] == pytest.approx(0.48, abs=0.002)
    clip_map = clip_evidence(
        PatchOutputs(np.zeros(1, np.float32), np.zeros(1, np.float32), evidence), YAMNET
    ).map
    assert clip_map is not None
    assert clip_map.bands_hz is not None
    assert levels.bands_hz[bands.min()] == pytest.approx(clip_map.bands_hz[1], rel=0.03)
    assert levels.bands_hz[bands.max() + 1] == pytest.approx(clip_map.bands_hz[2], rel=0.03)


def test_frequencies_that_the_network_is_not_given_say_nothing() -> None:
    overlay = _overlay(np.ones((1, 6, 4), np.float32), 0.96)

    above = _levels(0.96).bands_hz[:-1] > YAMNET.fmax_hz
    assert not overlay.values[:, above].any()
    assert not overlay.values[:, 0].any()
    assert overlay.values[:, BANDS // 2].all()


def test_what_is_heard_in_the_silence_after_the_end_is_told() -> None:
    evidence = np.zeros((1, 6, 4), np.float32)
    evidence[0, 0, 0], evidence[0, 5, 0] = 2.0, 1.5

    cut, whole = _overlay(evidence, 0.3), _overlay(evidence, 0.96)

    assert cut.matters
    assert cut.beyond == pytest.approx(1.5)
    assert (whole.beyond, whole.matters) == (0, False)


def test_without_frequencies_the_map_covers_them_all() -> None:
    overlay = _overlay(np.ones((1, 6, 4), np.float32), 0.96, features="waveform")

    assert overlay.values == pytest.approx(np.full((COLUMNS, BANDS), 4.0))


def test_nothing_heard_is_no_division_by_zero() -> None:
    overlay = _overlay(np.zeros((2, 6, 4), np.float32), 1.44)

    assert overlay.limit > 0
    assert not overlay.values.any()


def test_without_a_map_it_is_the_attention_of_a_second() -> None:
    """Two patches of 0.96 s, the second 0.48 s later, with three times the attention."""
    attention = np.log(np.array([1, 3], np.float32))
    clip = clip_evidence(PatchOutputs(np.zeros(2, np.float32), attention), YAMNET)

    overlay = overlay_of(clip, _levels(1.44))

    assert not overlay.is_map
    third = COLUMNS // 3
    for part, percent in enumerate([25, 100, 75]):
        middle = overlay.values[part * third + 5 : (part + 1) * third - 5]
        assert middle == pytest.approx(percent / 0.96)
    assert overlay.values[:, 0].mean() * 1.44 == pytest.approx(100, abs=0.5)
