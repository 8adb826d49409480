"""Damaged files, thousands of them: a waveform or an error with a code, and nothing else.

Here some hundreds, the same each time. `make fuzz-files` takes 5,000 of `FUZZ_SEED`, with
recordings cut everywhere besides, and prints what became of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from shared.settings import get_settings
from tests.hostile.fenced import FencedChild, Tally, fenced_child
from tests.hostile.mutations import mutated, truncated
from tests.hostile.odd import Odd, odd_recordings

FILES = int(os.environ.get("FUZZ_FILES", "500"))
CUTS = 400 if FILES > 500 else 40
SEED = int(os.environ.get("FUZZ_SEED", "0"))


def _run(child: FencedChild, files: Iterable[Odd]) -> Tally:
    for odd in files:
        child.decode(odd.name, odd.format, odd.data)
    child.stop()
    return child.tally


def _report(kind: str, tally: Tally) -> None:
    print(f"\n{kind}: {tally.outcomes.total()} files, {dict(tally.outcomes.most_common())}")
    print(
        f"slowest {tally.slowest_s:.2f} s, resident {tally.peak_resident / 2**20:.0f} MiB,", end=" "
    )
    print(f"address space {tally.peak_address_space / 2**20:.0f} MiB at most")


def _check(tally: Tally) -> None:
    assert not tally.uncontained
    assert tally.slowest_s < get_settings().hard_time_limit_s
    assert 0 < tally.peak_address_space <= get_settings().worker_memory_bytes


def test_mutated_recordings() -> None:
    recordings = list(odd_recordings(seconds=0.2))
    with fenced_child() as child:
        tally = _run(child, mutated(recordings, FILES, SEED))
    _report("mutated", tally)
    _check(tally)
    assert tally.outcomes.total() == FILES
    # They reach the decoders: not all are refused at the door, nor are all still whole.
    assert min(tally.outcomes["waveform"], tally.outcomes["corrupt_audio"]) > FILES // 20


def test_recordings_cut_everywhere() -> None:
    one_of_each = {odd.format: odd for odd in reversed(list(odd_recordings(seconds=0.2)))}
    with fenced_child() as child:
        tally = _run(child, truncated(list(one_of_each.values()), CUTS))
    _report("cut", tally)
    _check(tally)
    assert tally.outcomes["truncated_audio"] > tally.outcomes["waveform"]
