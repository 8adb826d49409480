"""What cannot be used costs one line and leaves nothing behind."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from training.__main__ import main
from training.fitting.configuration import Configuration
from training.fitting.preparation import prepare, read_inputs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def data(recordings: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    folder = tmp_path / "data"
    shutil.copytree(recordings, folder)
    return folder


def refused(data: Path, weights: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """The one line that `crossvalidate` refuses with; nothing may be left behind."""
    run, cache = data.parent / "run", data.parent / "cache"
    given = ["--data", str(data), "--weights", str(weights), "--run", str(run)]
    capsys.readouterr()
    assert main(["crossvalidate", *given, "--cache", str(cache), *options]) == 2
    said = capsys.readouterr().err
    assert said.endswith("\n")
    assert said.count("\n") == 1, said
    assert not list(data.parent.rglob(".writing-*"))
    assert not (run / "record.json").exists()
    return said


def test_an_empty_class(
    data: Path, start_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (data / "not_sick").iterdir():
        path.unlink()
    assert "no clip labelled not sick" in refused(data, start_weights, capsys)
    assert not (data.parent / "run").exists()


def test_one_source_only(
    data: Path, start_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, path in enumerate(sorted((data / "sick").iterdir())):
        path.rename(path.with_name(f"one_{number}_{number + 1}.wav"))
    assert "one source" in refused(data, start_weights, capsys)


def test_too_few_sources_for_the_folds(
    data: Path, start_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "too few for 7 folds" in refused(data, start_weights, capsys, "--folds", "7")


def test_an_unreadable_recording(
    data: Path, start_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / "sick" / "sick1_0_1.wav"
    path.write_bytes(path.read_bytes()[:60])
    assert path.name in refused(data, start_weights, capsys)


def test_missing_weights(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "weights.tflite cannot be read" in refused(data, data / "weights.tflite", capsys)
    assert not (data.parent / "run").exists()


def test_weights_of_something_else(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = data.parent / "weights.tflite"
    weights.write_bytes(b"something else")
    assert "not a readable LiteRT file" in refused(data, weights, capsys)
    assert not (data.parent / "cache").exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--epochs", "0", "epochs is 0"),
        ("--seeds", "-1", "seeds is -1"),
        ("--mixup", "nan", "mixup"),
    ],
)
def test_settings_that_no_run_can_have(
    data: Path,
    start_weights: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    said: str,
) -> None:
    assert said in refused(data, start_weights, capsys, option, value)


@pytest.mark.parametrize("folder", ["cache", "checkpoints"])
def test_a_disk_that_takes_no_more(data: Path, start_weights: Path, folder: str) -> None:
    """A limit on files' sizes refuses a write in its middle, as a full disk does."""
    run, cache = data.parent / "run", data.parent / "cache"
    if folder == "checkpoints":  # what comes before is there already
        configuration = replace(Configuration(), views=1, folds=2)
        prepare(read_inputs(data, start_weights, [], configuration), cache=cache)
    given = ["--data", str(data), "--weights", str(start_weights), "--run", str(run)]
    given += ["--cache", str(cache), "--epochs", "2", "--views", "1", "--folds", "2"]
    limit = 5_000  # a view takes 25 kB, a checkpoint 15
    ended = subprocess.run(
        [sys.executable, "-m", "training", "crossvalidate", *given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "cannot be written" in ended.stderr
    assert folder in ended.stderr
    assert not list(data.parent.rglob(".writing-*"))
    assert not list(run.rglob("*.npz"))
