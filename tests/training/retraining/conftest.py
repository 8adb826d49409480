"""Pictures of the made recordings, and a backbone small enough to run in a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.__main__ import main


@pytest.fixture(scope="session")
def pictures(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `spectrograms` makes of the made recordings."""
    out = tmp_path_factory.mktemp("melspectrograms") / "train"
    assert main(["spectrograms", str(recordings), "--out", str(out)]) == 0
    return out
