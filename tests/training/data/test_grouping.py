"""What is tied by source, subject or content never stands on two sides of any split."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from training.data.clip import Clip, DatasetError
from training.data.grouping import merge_sources, same_content
from training.data.splits import folds_by_source, split_by_source

Tied = tuple[list[Clip], list[tuple[str, str]]]


@st.composite
def tied_clips(draw: st.DrawFn) -> Tied:
    """Clips, each with a label, a source, perhaps a subject, bytes and samples."""
    number = st.integers(0, 40).map(str)
    drawn = draw(
        st.lists(
            st.tuples(st.integers(0, 1), number, st.just("") | number, number, number),
            min_size=8,
            max_size=40,
        )
    )
    clips = [
        Clip(Path(f"{index}.wav"), label, source, subject)
        for index, (label, source, subject, _, _) in enumerate(drawn)
    ]
    # As hashes: those of bytes are never those of samples.
    return clips, [(f"b{by_bytes}", f"s{by_samples}") for *_, by_bytes, by_samples in drawn]


def assert_kept_together(tied: Tied, sides: list[str]) -> None:
    clips, contents = tied
    for (clip, its, side), (other, others, another) in combinations(
        zip(clips, contents, sides, strict=True), 2
    ):
        if side != another:
            assert clip.source != other.source
            assert not clip.subject or clip.subject != other.subject
            assert not set(its) & set(others)


@given(tied=tied_clips(), seed=st.integers(0, 99))
def test_a_split_keeps_together_what_is_tied(tied: Tied, seed: int) -> None:
    merged = merge_sources(*tied)
    labels, sources = [clip.label for clip in merged], [clip.source for clip in merged]
    try:
        sides = split_by_source(labels, sources, testing=0.2, validation=0.2, seed=seed)
    except DatasetError:
        assume(False)
    assert_kept_together(tied, sides)


@given(tied=tied_clips(), seed=st.integers(0, 99))
def test_folds_keep_together_what_is_tied(tied: Tied, seed: int) -> None:
    merged = merge_sources(*tied)
    labels, sources = [clip.label for clip in merged], [clip.source for clip in merged]
    try:
        folds = list(folds_by_source(labels, sources, 2, seed))
    except DatasetError:
        assume(False)
    for _, test in folds:
        tested = set(np.asarray(test).tolist())
        assert_kept_together(tied, [str(index in tested) for index in range(len(merged))])


@given(tied=tied_clips())
def test_nothing_is_tied_without_a_reason(tied: Tied) -> None:
    clips, contents = tied
    merged = merge_sources(clips, contents)
    assert [clip.path for clip in merged] == [clip.path for clip in clips]
    reached: dict[str, set[str]] = {}
    for clip, its, after in zip(clips, contents, merged, strict=True):
        reached.setdefault(after.source, set()).update(
            {f"source {clip.source}", *its, *([f"subject {clip.subject}"] * bool(clip.subject))}
        )
    for one, other in combinations(reached.values(), 2):
        assert not one & other


@pytest.mark.parametrize(
    ("subjects", "contents", "sources"),
    [
        (("", "", ""), ("x", "y", "z"), ["b", "a", "c"]),
        (("", "", ""), ("x", "x", "z"), ["a", "a", "c"]),
        (("p", "", "p"), ("x", "y", "z"), ["b", "a", "b"]),
        (("p", "", "p"), ("x", "y", "y"), ["a", "a", "a"]),
    ],
)
def test_ties_reach_through_others(
    subjects: tuple[str, ...], contents: tuple[str, ...], sources: list[str]
) -> None:
    clips = [
        Clip(Path(source), 0, source, subject)
        for source, subject in zip("bac", subjects, strict=True)
    ]
    merged = merge_sources(clips, [(its,) for its in contents])
    assert [clip.source for clip in merged] == sources


def test_a_subject_and_a_source_of_one_name_are_not_the_same() -> None:
    clips = [Clip(Path("a"), 0, "1", "2"), Clip(Path("b"), 0, "2", "1")]
    assert [clip.source for clip in merge_sources(clips, [("x",), ("y",)])] == ["1", "2"]


def test_content_in_common_by_bytes_or_samples_makes_one_group() -> None:
    contents = [("b1", "s1"), ("b2", "s9"), ("b2", "s2"), ("b3", "s1"), ("b4", "s2")]
    assert same_content(contents) == [[0, 3], [1, 2, 4]]
