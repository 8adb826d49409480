"""A small file that asks for much is refused before it gets it."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator

import pytest

from shared.audio_format import SNIFF_BYTES, sniff
from tests.hostile.bombs import bombs, lies
from tests.hostile.fenced import FencedChild, fenced_child
from tests.hostile.outcomes import CODES

MOST_BYTES = 10 * 1024 * 1024
MOST_CPU_S = 0.2  # of its own: other programs' share of the core is not the bomb's doing
MOST_MEMORY = 512 * 1024 * 1024

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


@pytest.fixture
def child() -> Iterator[FencedChild]:
    with fenced_child() as child:
        yield child


def test_bombs_are_refused_at_once(child: FencedChild) -> None:
    slowest = (0.0, "")
    for name, audio_format, data in bombs():
        assert len(data) <= MOST_BYTES, name
        assert sniff(data[:SNIFF_BYTES]) is audio_format, name
        ended = [child.decode(name, audio_format, data) for _ in range(3)]
        assert {one["outcome"] for one in ended} <= CODES, f"{name}: {ended}"
        median = statistics.median(one["cpu_s"] for one in ended)
        assert median < MOST_CPU_S, f"{name}: {median} s"
        slowest = max(slowest, (median, name))
    child.stop()
    print(f"slowest: {slowest}; resident: {child.tally.peak_resident}")
    assert child.tally.peak_resident < MOST_MEMORY


def test_files_that_hold_more_than_they_say_give_no_more_than_that(child: FencedChild) -> None:
    for name, audio_format, data in lies():
        ended = child.decode(name, audio_format, data)
        assert ended["cpu_s"] < MOST_CPU_S, name
        assert ended["outcome"] in CODES or ended["seconds"] <= 1.0, f"{name}: {ended}"
