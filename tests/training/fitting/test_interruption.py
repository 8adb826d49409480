"""A run that is killed goes on, and ends as if it had not been."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from training.__main__ import main

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Dropout, mixup and augmentation: all that draws at random is on.
SMALL = shlex.split(
    "--epochs 3 --views 2 --batch-clips 4 --folds 2 --calibration-folds 2 --mixup 0.4"
)
ROOT = Path(__file__).parents[3]


def record_of(run: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((run / "record.json").read_text(encoding="utf-8"))
    return record


def kill_in(given: list[str], fit: str, epoch: int) -> None:
    """Start a cross-validation and kill it when it has begun an epoch of a fit."""
    with subprocess.Popen(
        [sys.executable, "-m", "training", "crossvalidate", *given],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        begun = False
        for line in process.stdout:
            begun = begun or fit in line
            if begun and line.startswith(f"Epoch {epoch}/"):
                process.kill()
                return
        raise AssertionError(f"it never came to {fit}: {process.stderr.read()}")


def test_a_killed_run_goes_on_to_the_same_result(
    recordings: Path, start_weights: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = ["--data", str(recordings), "--weights", str(start_weights), *SMALL]
    given += ["--cache", str(tmp_path / "cache")]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert main(["crossvalidate", *given, "--run", str(whole)]) == 0

    kill_in([*given, "--run", str(killed)], "seed0-fold1-part2", epoch=3)
    finished = sorted(path.stem for path in (killed / "fits").iterdir())
    assert finished == ["seed0-fold1", "seed0-fold1-part1"]
    assert [path.stem for path in (killed / "checkpoints").iterdir()] == ["seed0-fold1-part2"]
    assert not (killed / "record.json").exists()

    capfd.readouterr()
    assert main(["crossvalidate", *given, "--run", str(killed)]) == 0
    said = capfd.readouterr().out
    assert "seed0-fold1-part1" not in said, "finished fits are not repeated"
    resumed = said[said.index("seed0-fold1-part2") : said.index("seed0-fold2")]
    assert "Epoch 3/3" in resumed
    assert "Epoch 2/3" not in resumed, "the fit goes on at its epoch"
    assert record_of(killed) == record_of(whole)
    assert not list((killed / "checkpoints").iterdir())
    run = json.loads((killed / "run.json").read_text(encoding="utf-8"))
    assert [bool(session["ended"]) for session in run["sessions"]] == [False, True]
    assert run["figures"] == record_of(whole)["evaluation"]["figures"]
