"""`python -m tests.floods`: 2,000 jobs and 500 uploads of 1 MB at once; prints the figures."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.end_to_end.processes import service
from tests.floods.flood import run_flood

JOBS, UPLOADS = 2000, 500


def main() -> None:
    """Run it once, on a service whose queue has room for all of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        service(Path(folder), {"MAX_WAITING_JOBS": str(JOBS + UPLOADS)}) as running,
    ):
        print(*run_flood(running, JOBS, UPLOADS).lines(), sep="\n")


if __name__ == "__main__":
    main()
