"""100 jobs while every kind of fault comes once. `make chaos` is the long form."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.report import broken_promises, table
from tests.chaos.run import run

SEED = 6


def test_accepted_means_done(tmp_path: Path) -> None:
    outcome = run(tmp_path, SEED, jobs=100)

    print(table([outcome]))
    assert broken_promises(outcome) == []
    assert outcome.account.accepted >= 100
    assert outcome.account.failed == {}
