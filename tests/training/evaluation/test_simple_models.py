"""Simple models learn what they may, and never from the fold that they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from tests.support.recordings import chirp, cough
from tests.training.evaluation.conftest import make_examined
from training.evaluation.comparison import NETWORK, by_name, compare, second_opinion
from training.evaluation.metrics import auc
from training.evaluation.simple_models import (
    duration_columns,
    level_columns,
    metadata_columns,
    mfcc_columns,
    out_of_fold,
    simple_model_probabilities,
)
from training.front_end import YAMNET_FRONT_END
from worker.audio.decoding import Decoded

RNG = np.random.default_rng(0)
FOLDS = np.arange(60) % 3
LABELS = RNG.integers(0, 2, size=60).astype(np.float32)
COLUMNS = RNG.normal(size=(60, 4)) + LABELS[:, None]


@pytest.mark.parametrize("fold", [0, 1, 2])
def test_a_folds_labels_have_no_part_in_its_own_answers(fold: int) -> None:
    labels = LABELS.copy()
    inside = np.flatnonzero(fold == FOLDS)
    labels[inside] = 1 - labels[inside]
    before, after = out_of_fold(COLUMNS, LABELS, FOLDS), out_of_fold(COLUMNS, labels, FOLDS)
    assert np.array_equal(before[inside], after[inside])
    assert not np.array_equal(before, after)


def test_a_folds_own_recordings_do_not_scale_its_columns() -> None:
    columns = COLUMNS.copy()
    columns[0] = 1e6  # a clip of fold 0: the others of fold 0 must not notice
    before, after = out_of_fold(COLUMNS, LABELS, FOLDS), out_of_fold(columns, LABELS, FOLDS)
    others = np.flatnonzero(FOLDS == 0)[1:]
    assert np.array_equal(before[others], after[others])


def test_nothing_is_learnt_where_there_is_nothing() -> None:
    found = [
        auc(labels, out_of_fold(RNG.normal(size=(60, 4)), labels, FOLDS))
        for labels in (RNG.permutation(LABELS) for _ in range(40))
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)


def test_each_model_sees_its_own_clue_and_nothing_else() -> None:
    labels = [i % 2 for i in range(24)]
    folds = [i // 2 % 3 for i in range(24)]
    sounds = [cough(0.5, seed=i) if label else chirp(0.5) for i, label in enumerate(labels)]
    loud = [its * (1.0 if label else 0.1) for its, label in zip(sounds, labels, strict=True)]

    def areas(recordings: Sequence[Decoded] | None = None) -> dict[str, float]:
        examined = make_examined(labels, [0.5] * 24, folds=folds, waveforms=sounds)
        examined = replace(examined, recordings=recordings or examined.recordings)
        its = simple_model_probabilities(examined, YAMNET_FRONT_END)
        return {name: auc(examined.labels, scores) for name, scores in its.items()}

    plain = areas()
    assert plain["majority_class"] == 0.5
    assert plain["mfcc_statistics"] == 1.0
    recordings = make_examined(labels, [0.5] * 24, waveforms=loud).recordings
    assert areas(recordings)["level_alone"] == 1.0
    longer = [
        replace(its, duration_s=1.0 + label) for its, label in zip(recordings, labels, strict=True)
    ]
    assert areas(longer)["duration_alone"] == 1.0
    assert plain["duration_alone"] < 0.8
    coded = [
        replace(its, format=AudioFormat.MP3 if label else AudioFormat.WAV)
        for its, label in zip(recordings, labels, strict=True)
    ]
    assert areas(coded)["metadata_alone"] == 1.0
    assert plain["metadata_alone"] < 0.8


def test_columns_have_a_row_a_clip_and_are_finite_for_silence() -> None:
    examined = make_examined([0, 1, 0], [0.5] * 3, device=lambda i: "ab"[i % 2])
    silent = [np.zeros(0, dtype=np.float32), *examined.waveforms[1:]]
    for columns in (
        level_columns(silent),
        duration_columns(examined.recordings),
        metadata_columns(examined.recordings, examined.devices),
        mfcc_columns(examined.waveforms, YAMNET_FRONT_END),
    ):
        assert len(columns) == 3
        assert np.isfinite(columns).all()
    assert metadata_columns(examined.recordings, examined.devices)[:, -2:].tolist() == [
        [1, 0],
        [0, 1],
        [1, 0],
    ]


def test_loudness_does_not_reach_the_mfcc() -> None:
    sound = cough(1.0)
    one, other = mfcc_columns([sound, sound * np.float32(0.1)], YAMNET_FRONT_END)
    assert one == pytest.approx(other, abs=1e-2)


def test_the_table_ranks_yamnet_as_it_is_and_calibrates_it_out_of_fold() -> None:
    labels = LABELS.astype(int).tolist()
    examined = make_examined(labels, LABELS.tolist(), folds=FOLDS.tolist())
    untouched = np.clip(0.02 * LABELS + 0.02 * RNG.uniform(size=60), 0, 1)
    table = compare(examined, {"majority_class": np.full(60, 0.4)}, untouched)
    assert [row.name for row in table] == [NETWORK, "majority_class", "yamnet_untouched"]
    assert by_name(table, NETWORK).figures["accuracy"].value == 1.0
    assert by_name(table, "majority_class").figures["auc"].value == 0.5
    raw = by_name(table, "yamnet_untouched").figures
    assert raw["auc"].value == auc(LABELS, untouched)
    # Never above 0.04 itself: only calibrated can it be right.
    assert raw["accuracy"].value > 0.8
    assert second_opinion(examined, untouched)[LABELS > 0].mean() > 0.6
