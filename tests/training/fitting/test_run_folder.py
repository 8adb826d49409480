"""One process, one request, one folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from shared.bundle import Figure
from training.fitting.run_folder import Request, RunError, RunFolder, open_run

REQUEST = Request(
    command="crossvalidate", configuration={"epochs": 2}, data_sha256="d", weights_sha256="w"
)


def open_again(folder: Path, **changes: object) -> None:
    with open_run(folder, REQUEST.model_copy(update=changes), quoted="q", seed=0):
        pass


def test_it_says_what_made_it(tmp_path: Path) -> None:
    for _ in range(2):
        open_again(tmp_path)
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert run["request"] == REQUEST.model_dump()
    assert len(run["sessions"]) == 2
    for session in run["sessions"]:
        assert session["started"] <= session["ended"]
        assert len(session["code"]["sources_sha256"]) == 64
        assert {"python", "tensorflow", "numpy"} <= session["software"].keys()
        assert session["machine"]["cores"] >= 1
    assert str(tmp_path) not in json.dumps(run)


def test_finished_fits_are_found_again(tmp_path: Path) -> None:
    logits = np.array([0.5, -1.5])
    with open_run(tmp_path, REQUEST, quoted="q", seed=0) as run:
        assert run.finished("a") is None
        run.checkpoint("a").save(1, [logits])
        run.finish("a", logits)
        assert run.checkpoint("a").load([logits]) is None
    with open_run(tmp_path, REQUEST, quoted="q", seed=0) as run:
        found = run.finished("a")
        assert found is not None
        assert np.array_equal(found, logits)
        (tmp_path / "fits" / "a.npz").write_bytes(b"PK")
        assert run.finished("a") is None


def test_figures_stay_when_the_run_is_opened_again(tmp_path: Path) -> None:
    figures = {"auc": Figure(value=0.9, low=0.8, high=1.0)}
    with open_run(tmp_path, REQUEST, quoted="q", seed=0) as run:
        run.keep_record("{}\n", figures)
    with open_run(tmp_path, REQUEST, quoted="q", seed=0) as run:
        assert isinstance(run, RunFolder)
        assert run.run.figures == figures


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"command": "fit"}, "another command"),
        ({"configuration": {"epochs": 3}}, "another configuration"),
        ({"data_sha256": "x"}, "another data"),
        ({"weights_sha256": "x"}, "another weights"),
    ],
)
def test_another_run_s_folder_is_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    open_again(tmp_path)
    before = (tmp_path / "run.json").read_bytes()
    with pytest.raises(RunError, match=said):
        open_again(tmp_path, **changes)
    assert (tmp_path / "run.json").read_bytes() == before


def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match="cannot be read"):
        open_again(tmp_path)


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    hold = (
        "import fcntl, sys\n"
        "file = open(sys.argv[1], 'a')\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(RunError, match="another process"):
            open_again(tmp_path)
        other.kill()
    open_again(tmp_path)


def test_other_code_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_again(tmp_path)
    assert not capsys.readouterr().err
    path = tmp_path / "run.json"
    run = json.loads(path.read_text(encoding="utf-8"))
    run["sessions"][0]["code"]["sources_sha256"] = "other"
    path.write_text(json.dumps(run), encoding="utf-8")
    open_again(tmp_path)
    assert "other code" in capsys.readouterr().err


def test_the_default_name_tells_runs_apart() -> None:
    name = REQUEST.default_name
    assert name.startswith("crossvalidate-")
    assert len(name) == len("crossvalidate-") + 8
    other = REQUEST.model_copy(update={"configuration": {"epochs": 3}})
    assert other.default_name != name
