"""`make chaos`: 1,000 jobs under every kind of fault, for each of five seeds."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.report import broken_promises, keep, table
from tests.chaos.run import run


def main() -> int:
    """Run, print the tables, keep the figures; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--jobs", type=int, default=1000, help="of each run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=1, help="of every fault (%(default)s)")
    parser.add_argument("--keep", type=Path, default=Path("runs/chaos.json"), help="%(default)s")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end with all that was started
    outcomes, broken = [], []
    for seed in options.seeds:
        print(f"seed {seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="cough-chaos-") as folder:
            outcome = run(Path(folder), seed, options.jobs, options.rounds)
        outcomes.append(outcome)
        broken += [f"seed {seed}: {one}" for one in broken_promises(outcome)]
        keep(outcomes, options.keep)
    print(table(outcomes))
    for one in broken:
        print("BROKEN", one)
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
