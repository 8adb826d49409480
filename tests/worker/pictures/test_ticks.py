"""Ticks: round numbers, where they belong, and never too many."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.pictures.frequencies import mel
from worker.pictures.ticks import even_ticks, frequency_ticks, signed_ticks


def test_five_seconds() -> None:
    ticks = even_ticks(0, 5.0155, 11)

    assert [tick.label for tick in ticks] == ["0", "1", "2", "3", "4", "5"]
    assert ticks[-1].place == pytest.approx(5 / 5.0155)


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0, 3, 11, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]),
        (0, 60, 11, ["0", "10", "20", "30", "40", "50", "60"]),
        (0, 0.3, 11, ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30"]),
        (-83, -3, 6, ["-80", "-60", "-40", "-20"]),
        (-41, 39, 6, ["-40", "-20", "0", "20"]),
    ],
)
def test_known_axes(low: float, high: float, most: int, labels: list[str]) -> None:
    assert [tick.label for tick in even_ticks(low, high, most)] == labels


@given(
    low=st.floats(-200, 200),
    length=st.floats(0.001, 100_000),
    most=st.integers(2, 12),
)
def test_any_even_axis(low: float, length: float, most: int) -> None:
    high = low + length
    ticks = even_ticks(low, high, most)

    assert len(ticks) <= most
    assert len({tick.label for tick in ticks}) == len(ticks)
    for tick in ticks:
        assert -1e-6 <= tick.place <= 1 + 1e-6
        assert float(tick.label) == pytest.approx(low + tick.place * length, abs=1e-6 * length)


def test_frequencies_are_octaves_even_in_mel() -> None:
    ticks = frequency_ticks(8000)

    assert [tick.label for tick in ticks] == ["0", "250", "500", "1000", "2000", "4000", "8000"]
    for tick in ticks:
        assert tick.place == pytest.approx(float(mel(float(tick.label)) / mel(8000)))


@pytest.mark.parametrize("highest_hz", [500, 4000, 11_025, 22_050, 24_000, 192_000])
def test_frequency_labels_never_touch(highest_hz: float) -> None:
    ticks = frequency_ticks(highest_hz)

    assert len(ticks) >= 3
    assert all(after.place - before.place >= 0.04 for before, after in pairwise(ticks))
    assert ticks[-1].place <= 1


def test_a_signed_axis_has_its_ends_and_0() -> None:
    assert [tick.label for tick in signed_ticks(0.01234)] == ["-0.012", "0", "+0.012"]
