"""A clip's evidence: shares that sum to one, and a map that sums to the clip's logit."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.front_ends import YAMNET
from worker.model.evidence import ClipMap, clip_evidence
from worker.model.outputs import PatchOutputs
from worker.model.pooling import attention_pool

SECONDS_A_FRAME = 0.01


def _outputs(patches: int, cells: int, bands: int, seed: int = 0) -> PatchOutputs:
    random = np.random.default_rng(seed)
    evidence = random.normal(size=(patches, cells, bands)).astype(np.float32)
    return PatchOutputs(
        logits=evidence.sum(axis=(1, 2)),
        attention=(3 * random.normal(size=patches)).astype(np.float32),
        evidence=evidence,
    )


def _map(outputs: PatchOutputs, **front_end: object) -> ClipMap:
    clip_map = clip_evidence(outputs, YAMNET.model_copy(update=front_end)).map
    assert clip_map is not None
    return clip_map


@given(
    patches=st.integers(1, 130),
    cells=st.integers(1, 30),
    bands=st.integers(1, 16),
    frames=st.integers(1, 500),
    hop=st.integers(1, 500),
    seed=st.integers(0, 1000),
)
def test_the_map_sums_to_the_logit_however_patches_overlap(
    patches: int, cells: int, bands: int, frames: int, hop: int, seed: int
) -> None:
    outputs = _outputs(patches, cells, bands, seed)

    clip_map = _map(outputs, patch_frames=frames, patch_hop_frames=hop)

    logit = attention_pool(outputs.logits, outputs.attention)
    assert clip_map.values.sum() == pytest.approx(logit, rel=1e-5, abs=1e-4)
    length, width = clip_map.values.shape
    assert width == bands
    # It covers all patches, and not a cell more.
    assert length == ceil(((patches - 1) * hop + frames) * cells / frames)
    steps = np.diff(clip_map.times_s)
    assert len(steps) == length
    assert steps == pytest.approx(frames / cells * SECONDS_A_FRAME)


@given(patches=st.integers(1, 130), seed=st.integers(0, 1000))
def test_the_shares_of_the_patches_give_the_logit(patches: int, seed: int) -> None:
    outputs = _outputs(patches, 2, 2, seed)

    evidence = clip_evidence(outputs, YAMNET)

    assert evidence.attention.sum() == pytest.approx(1)
    assert (evidence.attention >= 0).all()
    logit = attention_pool(outputs.logits, outputs.attention)
    assert evidence.attention @ evidence.logits == pytest.approx(logit)


def test_a_cell_stands_where_its_sound_was() -> None:
    """One cell of the third patch, with all attention on it: 0.96 s + 2 cells of 0.16 s."""
    evidence = np.zeros((4, 6, 4), np.float32)
    evidence[2, 2, 1] = 5.0
    attention = np.array([0, 0, 500, 0], np.float32)

    clip_map = _map(PatchOutputs(evidence.sum(axis=(1, 2)), attention, evidence))

    cell, band = np.unravel_index(clip_map.values.argmax(), clip_map.values.shape)
    assert clip_map.values[cell, band] == pytest.approx(5.0)
    assert np.count_nonzero(np.abs(clip_map.values) > 1e-9) == 1
    assert clip_map.times_s[cell : cell + 2] == pytest.approx([0.96 + 0.32, 0.96 + 0.48])
    assert band == 1


def test_overlapping_patches_add_up_in_the_cell_that_both_heard() -> None:
    """With even attention, patches half a patch apart: the second half of one is in the other."""
    evidence = np.zeros((2, 6, 1), np.float32)
    evidence[0, 3], evidence[1, 0] = 2.0, 4.0

    clip_map = _map(PatchOutputs(np.array([2, 4], np.float32), np.zeros(2, np.float32), evidence))

    assert clip_map.values[:, 0] == pytest.approx([0, 0, 0, 3, 0, 0, 0, 0, 0])


def test_a_cell_between_two_is_shared_out() -> None:
    """Patches of 7 cells, half a patch apart: the second one's cells lie astride two."""
    evidence = np.zeros((2, 7, 1), np.float32)
    evidence[1, 0] = 2.0

    clip_map = _map(PatchOutputs(np.array([0, 2], np.float32), np.zeros(2, np.float32), evidence))

    assert clip_map.values[:, 0] == pytest.approx([0, 0, 0, 0.5, 0.5, *[0] * 6])


def test_bands_are_in_hz_and_even_in_mel() -> None:
    bands = _map(_outputs(1, 6, 4)).bands_hz

    assert bands is not None
    mel = 2595 * np.log10(1 + bands / 700)
    assert np.diff(mel) == pytest.approx(np.diff(mel)[0])
    assert YAMNET.fmin_hz < bands[0] < 170
    assert 7200 < bands[-1] < YAMNET.fmax_hz


@pytest.mark.parametrize("features", ["mfcc", "waveform"])
def test_features_without_frequencies_have_no_bands(features: str) -> None:
    assert _map(_outputs(1, 6, 1), features=features).bands_hz is None


def test_without_the_network_s_evidence_there_is_still_attention() -> None:
    outputs = replace(_outputs(3, 6, 4), evidence=None)

    evidence = clip_evidence(outputs, YAMNET)

    assert evidence.map is None
    assert evidence.patches_s == pytest.approx(np.array([[0, 0.96], [0.48, 1.44], [0.96, 1.92]]))
