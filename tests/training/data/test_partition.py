"""One split in three: no source on two sides, no clip lost, near the shares asked for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.data.dataset import DatasetError
from training.data.splits import split_by_source

SIDES = ["training", "validation", "testing"]
CLIPS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 15).map(str)), min_size=12, max_size=60
)
SHARES = st.sampled_from([0.0, 0.1, 0.25, 0.4])


@given(clips=CLIPS, testing=SHARES, validation=SHARES, seed=st.integers(0, 99))
def test_sides_part_the_clips_and_keep_sources_together(
    clips: list[tuple[int, str]], testing: float, validation: float, seed: int
) -> None:
    labels = [label for label, _ in clips]
    sources = [source for _, source in clips]
    used = {"training"} | ({"testing"} if testing else set())
    used |= {"validation"} if validation else set()

    def split() -> list[str]:
        return split_by_source(labels, sources, testing=testing, validation=validation, seed=seed)

    if any(len({s for its, s in clips if its == label}) < len(used) for label in (0, 1)):
        with pytest.raises(DatasetError, match="too few for training"):
            split()
        return
    sides = split()
    assert len(sides) == len(clips)
    assert len(set(zip(sources, sides, strict=True))) == len(set(sources))
    assert set(zip(labels, sides, strict=True)) == {(its, side) for its in (0, 1) for side in used}
    assert split() == sides


@pytest.mark.parametrize("seed", range(5))
def test_the_shares_are_kept_in_both_labels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sources = [str(source) for source in range(200) for _ in range(rng.integers(1, 6))]
    sick = rng.random(200) < 0.3
    labels = [int(sick[int(source)]) for source in sources]
    sides = split_by_source(labels, sources, testing=0.2, validation=0.1, seed=seed)
    for label in (0, 1):
        its = [side for side, of in zip(sides, labels, strict=True) if of == label]
        shares = [Counter(its)[side] / len(its) for side in SIDES]
        assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.03)


def test_the_seed_decides_the_sides() -> None:
    labels, sources = [0, 1] * 20, [str(i // 2) for i in range(40)]

    def split(seed: int) -> list[str]:
        return split_by_source(labels, sources, testing=0.2, validation=0.2, seed=seed)

    assert split(1) == split(1) != split(2)


@pytest.mark.parametrize(("testing", "validation"), [(0.5, 0.5), (-0.1, 0.1), (float("nan"), 0.1)])
def test_shares_that_leave_nothing_are_refused(testing: float, validation: float) -> None:
    with pytest.raises(DatasetError, match="leave nothing to train on"):
        split_by_source([0, 1], ["a", "b"], testing=testing, validation=validation, seed=0)
