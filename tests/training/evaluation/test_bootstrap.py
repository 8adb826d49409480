"""Whole sources are drawn, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.bootstrap import mean_figure, percentile_figure, source_weights


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40), st.integers(0, 5))
def test_a_draw_holds_as_many_sources_as_there_are_each_with_all_its_clips(
    sources: list[str], seed: int
) -> None:
    weights = source_weights(sources, resamples=20, seed=seed)
    assert weights.shape == (20, len(sources))
    firsts = {source: sources.index(source) for source in sources}
    for clip, source in enumerate(sources):
        assert np.array_equal(weights[:, clip], weights[:, firsts[source]])
    assert np.all(weights[:, list(firsts.values())].sum(axis=1) == len(firsts))


def test_draws_repeat_with_their_seed_alone() -> None:
    sources = [str(clip) for clip in range(30)]
    assert np.array_equal(source_weights(sources), source_weights(sources))
    assert not np.array_equal(source_weights(sources), source_weights(sources, seed=1))


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    values = np.repeat([0.0, 1.0], 200)
    figure = mean_figure(values, [str(clip) for clip in range(400)])
    assert figure.value == 0.5
    assert figure.high - figure.low == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.1)


def test_undefined_draws_are_left_out() -> None:
    draws = np.array([0.1, np.nan, 0.1, 0.1])
    assert percentile_figure(0.1, draws).high == pytest.approx(0.1)
    assert np.isnan(percentile_figure(0.1, np.array([np.nan])).low)
