"""From recordings to a bundle that the worker loads, on a thin network."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

from shared.bundle import read_card, verify_files
from training.__main__ import main
from training.bundles.model_card import render
from training.command_line import default_out
from worker.model.bundle import load_bundle

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ABOUT = """
description = "A test."
licence = "None."
base_weights = "Random."
limits = ["It knows nothing."]
[[data_sets]]
name = "Made sounds"
licence = "CC0"
use = "training"
"""
SMALL_TEXT = "--epochs 2 --views 1 --batch-clips 4 --folds 2 --calibration-folds 2"
SMALL = shlex.split(SMALL_TEXT)


@pytest.fixture(scope="module")
def fitted(recordings: Path, start_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the evaluation's record, the logs, and a bundle fitted twice over."""
    folder = tmp_path_factory.mktemp("fitted")
    (folder / "about.toml").write_text(ABOUT, encoding="utf-8")
    given = ["--data", str(recordings), "--weights", str(start_weights), *SMALL]
    given += ["--cache", str(folder / "cache")]
    record, logs = str(folder / "record.json"), str(folder / "logs")
    kept = ["--run", str(folder / "run"), "--keep-networks", str(folder / "kept")]
    assert main(["crossvalidate", *given, *kept, "--record", record, "--logs", logs]) == 0
    for version in ("1.0.0", "1.0.1"):
        out = ["--out", str(folder / "tiny" / version), "--about", str(folder / "about.toml")]
        out += ["--run", str(folder / f"run-{version}")]
        assert main(["fit", *given, *out, "--evaluation", record, "--logs", logs]) == 0
    return folder


def test_the_worker_loads_the_bundle(fitted: Path) -> None:
    bundle = load_bundle(fitted / "tiny" / "1.0.0")
    patches = np.random.default_rng(0).normal(-4, 2, size=(3, 96, 64)).astype(np.float32)
    assert np.isfinite(bundle.clip_logit(patches))


def test_the_bundle_goes_round(fitted: Path) -> None:
    folder = fitted / "tiny" / "1.0.0"
    card = read_card(folder)
    verify_files(folder, card)
    assert sorted(path.name for path in folder.iterdir()) == [
        "CARD.md",
        "card.json",
        "network.keras",
        "network.tflite",
    ]
    assert (folder / "CARD.md").read_text(encoding="utf-8") == render(card)
    assert card.disclaimer in render(card)
    assert not list(fitted.rglob(".writing-*"))


def test_the_card_quotes_no_path_of_this_machine(fitted: Path) -> None:
    folder = fitted / "tiny" / "1.0.0"
    card = read_card(folder)
    assert card.provenance.trained_with.startswith("python -m training fit --data DIR/recordings")
    assert "--weights DIR/network.keras" in card.evaluation.command
    assert card.evaluation.command.endswith(SMALL_TEXT)
    assert str(fitted.parent) not in (folder / "card.json").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_network(fitted: Path) -> None:
    one, other = (fitted / "tiny" / version for version in ("1.0.0", "1.0.1"))
    assert (one / "network.tflite").read_bytes() == (other / "network.tflite").read_bytes()


def test_the_last_fit_kept_a_checkpoint_while_it_was_under_way(fitted: Path) -> None:
    checkpoints = fitted / "run-1.0.0" / "checkpoints"
    assert checkpoints.is_dir()
    assert not list(checkpoints.iterdir())


def test_tensorboard_has_something_to_show(fitted: Path) -> None:
    parts = {path.relative_to(fitted / "logs").parts[0] for path in fitted.rglob("*tfevents*")}
    assert parts == {"folds", "all"}


def test_data_and_weights_are_enough(
    fitted: Path,
    recordings: Path,
    start_weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    given = ["--data", str(recordings), "--weights", str(start_weights), *SMALL]
    assert main(["fit", *given, "--evaluation", str(fitted / "record.json")]) == 0
    assert len(list((tmp_path / "runs").glob("fit-????????/run.json"))) == 1
    assert (tmp_path / "caches" / "cough-screening" / "features").is_dir()
    name = default_out(recordings).parent.name
    card = read_card(tmp_path / "models" / name / "0.1.0")
    assert "Nobody has said" in " ".join(card.limits)


def test_a_bundle_is_never_overwritten_unasked(
    fitted: Path, recordings: Path, start_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = fitted / "tiny" / "1.0.0"
    given = ["--data", str(recordings), "--weights", str(start_weights), "--out", str(out)]
    assert main(["fit", *given, "--about", str(fitted / "about.toml")]) == 2
    assert "--replace" in capsys.readouterr().err


def test_an_evaluation_of_something_else_is_refused(
    fitted: Path, recordings: Path, start_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--data", str(recordings), "--weights", str(start_weights), *SMALL, "--seed", "7"]
    given += ["--run", str(fitted / "run-seed7"), "--cache", str(fitted / "cache")]
    out = ["--out", str(fitted / "tiny" / "2.0.0"), "--about", str(fitted / "about.toml")]
    assert main(["fit", *given, *out, "--evaluation", str(fitted / "record.json")]) == 2
    assert "another configuration" in capsys.readouterr().err
    assert not (fitted / "tiny" / "2.0.0").exists()
