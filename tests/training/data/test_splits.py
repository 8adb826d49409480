"""No source is ever on two sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.data.dataset import DatasetError
from training.data.splits import folds_by_source

CLIPS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 15).map(str)), min_size=12, max_size=60
)


@given(clips=CLIPS, folds=st.integers(2, 5), seed=st.integers(0, 99))
def test_folds_part_the_clips_and_keep_sources_together(
    clips: list[tuple[int, str]], folds: int, seed: int
) -> None:
    labels = [label for label, _ in clips]
    sources = [source for _, source in clips]
    if any(len({s for its, s in clips if its == label}) < folds for label in (0, 1)):
        with pytest.raises(DatasetError, match="too few for"):
            list(folds_by_source(labels, sources, folds, seed))
        return
    tested: list[int] = []
    for train, test in folds_by_source(labels, sources, folds, seed):
        names = np.asarray(sources)
        assert not set(names[train]) & set(names[test])
        assert sorted([*train, *test]) == list(range(len(clips)))
        tested.extend(test)
    assert sorted(tested) == list(range(len(clips)))


def test_the_seed_decides_the_folds() -> None:
    labels, sources = [0, 1] * 20, [str(i // 2) for i in range(40)]

    def folds(seed: int) -> list[list[int]]:
        return [test.tolist() for _, test in folds_by_source(labels, sources, 5, seed)]

    assert folds(1) == folds(1) != folds(2)
