"""Whatever the data: nothing that calibrates or trains a fold's network is tested in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.data.dataset import DatasetError
from training.fitting.configuration import Configuration
from training.fitting.plan import plan_fits

# Clips of each source of either class: enough sources for two folds of two parts.
SIZES = st.lists(st.integers(1, 4), min_size=8, max_size=14)


@given(
    sick=SIZES,
    well=SIZES,
    seeds=st.integers(1, 4),
    parts=st.integers(2, 3),
    seed=st.integers(0, 99),
)
def test_folds_parts_and_seeds(
    sick: list[int], well: list[int], seeds: int, parts: int, seed: int
) -> None:
    sources = [f"s{n}" for n, size in enumerate(sick) for _ in range(size)]
    sources += [f"w{n}" for n, size in enumerate(well) for _ in range(size)]
    labels = np.array([its.startswith("s") for its in sources], dtype=np.float32)
    configuration = replace(
        Configuration(), folds=2, calibration_folds=parts, seeds=seeds, seed=seed
    )
    planned = plan_fits(labels, sources, configuration)
    assert len({fit.name for fit in planned}) == len(planned)
    names = np.array(sources)
    outer = {(fit.seed, fit.fold): fit for fit in planned if fit.part is None}
    assert len(outer) == 2 * seeds
    for fit in planned:
        assert not set(names[fit.train]) & set(names[fit.test])
        tested = outer[fit.seed, fit.fold]
        assert np.array_equal(tested.test, outer[seed, fit.fold].test), "the same for all seeds"
        if fit.part is not None:
            seen = {*names[fit.train], *names[fit.test]}
            assert not seen & set(names[tested.test])
    for its_seed in configuration.all_seeds:
        tested_clips = np.concatenate([outer[its_seed, fold].test for fold in range(2)])
        assert sorted(tested_clips) == list(range(len(sources)))
    for fold in range(2):
        inner = [fit for fit in planned if fit.fold == fold and fit.part is not None]
        assert Counter(fit.part for fit in inner).keys() == set(range(parts))
        assert len(inner) == max(parts, seeds)
        assert {fit.seed for fit in inner} <= set(configuration.all_seeds)
        held_out = np.unique(np.concatenate([fit.test for fit in inner]))
        assert np.array_equal(held_out, np.sort(outer[seed, fold].train))


def test_too_few_sources_are_refused() -> None:
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0], dtype=np.float32)
    with pytest.raises(DatasetError, match="4 sources"):
        plan_fits(labels, list("abcdefghi"), Configuration())
