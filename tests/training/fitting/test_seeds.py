"""A cross-validation over seeds: its record, its figures, and the networks that it keeps."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

from shared.bundle import Calibration
from training.__main__ import main
from training.data.dataset import read_dataset
from training.data.recordings import read_waveform
from training.evaluation.fold_networks import LiteRtFolds
from training.evaluation.metrics import METRICS, all_figures
from training.evaluation.record import EvaluationRecord, read_record
from training.fitting.calibration import calibrate, sigmoid
from training.fitting.configuration import Configuration
from training.fitting.crossvalidation import protocol_of
from training.front_end import YAMNET_FRONT_END, waveform_to_patches

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# A high rate: the made recordings are easy, and seeds shall differ.
SMALL = shlex.split(
    "--epochs 1 --views 1 --batch-clips 4 --folds 2 --calibration-folds 2 --seeds 2 "
    "--seed 5 --learning-rate 0.01"
)


@pytest.fixture(scope="module")
def run(recordings: Path, start_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, its record, and its kept networks."""
    folder = tmp_path_factory.mktemp("run")
    given = ["--data", str(recordings), "--weights", str(start_weights), *SMALL]
    given += ["--cache", str(folder / "cache"), "--run", str(folder)]
    given += ["--record", str(folder / "asked" / "record.json")]
    assert main(["crossvalidate", *given, "--keep-networks", str(folder / "kept")]) == 0
    return folder


@pytest.fixture(scope="module")
def record(run: Path) -> EvaluationRecord:
    return read_record(run / "asked" / "record.json")


def test_the_record_lies_in_the_run_s_folder_too(run: Path) -> None:
    assert (run / "record.json").read_bytes() == (run / "asked" / "record.json").read_bytes()


def test_every_clip_is_tested_once_a_seed_by_folds_without_its_source(
    record: EvaluationRecord,
) -> None:
    folds: dict[str, set[int]] = {}
    for clip in record.clips:
        folds.setdefault(clip.source, set()).add(clip.fold)
    assert all(len(its) == 1 for its in folds.values())
    assert len(record.clips) == record.evaluation.clips
    assert [its.seed for its in record.seeds] == [5, 6]
    assert record.seeds[0].logits != record.seeds[1].logits, "other seeds, other networks"


def test_probabilities_are_each_fold_s_calibration_of_the_logits(record: EvaluationRecord) -> None:
    folds = np.array([clip.fold for clip in record.clips])
    assert len(record.fold_calibrations) == 2
    for result in record.seeds:
        for fold, calibration in enumerate(record.fold_calibrations):
            logits = np.array(result.logits)[folds == fold]
            given = np.array(result.probabilities)[folds == fold]
            assert calibrate(logits, calibration) == pytest.approx(given)


def test_a_clip_s_own_figures_are_the_means_over_seeds(record: EvaluationRecord) -> None:
    for name in ("logit", "probability"):
        seeds = np.mean(
            [its.logits if name == "logit" else its.probabilities for its in record.seeds], axis=0
        )
        assert [getattr(clip, name) for clip in record.clips] == pytest.approx(seeds.tolist())


def test_figures_are_the_means_of_each_seed_s(record: EvaluationRecord) -> None:
    labels = np.array([clip.label for clip in record.clips], dtype=np.float32)
    for name, metric in METRICS.items():
        values = [metric(labels, np.array(its.probabilities)) for its in record.seeds]
        figure = record.evaluation.figures[name]
        assert figure.value == pytest.approx(np.mean(values))
        assert figure.low <= figure.high


def test_an_interval_is_of_the_mean_and_not_of_all_seeds_pooled() -> None:
    rng = np.random.default_rng(0)
    labels = (rng.uniform(size=200) < 0.5).astype(np.float32)
    sources = [str(n) for n in range(200)]
    good = sigmoid(4.0 * labels - 2.0 + rng.normal(size=200))
    bad = rng.uniform(size=200)
    both = all_figures(labels, np.stack([good, bad]), sources)["auc"]
    alone = [all_figures(labels, its[None], sources)["auc"] for its in (good, bad)]
    assert both.value == pytest.approx(np.mean([its.value for its in alone]))
    assert both.low > alone[1].high
    assert both.high < alone[0].low


def test_kept_networks_say_what_the_record_says(
    run: Path, record: EvaluationRecord, recordings: Path
) -> None:
    kept = LiteRtFolds(run / "kept", 2, YAMNET_FRONT_END)
    assert kept.front_end == YAMNET_FRONT_END
    for clip, tested, given in zip(
        read_dataset(recordings), record.clips, record.seeds[0].probabilities, strict=True
    ):
        assert clip.path.name == tested.file
        patches = waveform_to_patches(read_waveform(clip.path, 16_000), YAMNET_FRONT_END)
        # Training sees half-precision activations: it errs by as much.
        assert sigmoid(kept.logits(tested.fold, [patches]))[0] == pytest.approx(given, abs=5e-3)
    for fold, calibration in enumerate(record.fold_calibrations):
        path = run / "kept" / f"fold{fold + 1}" / "calibration.json"
        assert Calibration.model_validate_json(path.read_bytes()) == calibration


def test_networks_that_are_missing_are_trained_again_and_no_other(
    run: Path,
    recordings: Path,
    start_weights: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Also those of another run in their place."""
    before = {path: path.read_bytes() for path in (run / "kept").glob("fold*/network.tflite")}
    (run / "kept" / "fold2" / "origin.txt").write_text("crossvalidate-01234567\n", encoding="utf-8")
    given = ["--data", str(recordings), "--weights", str(start_weights), *SMALL]
    given += ["--cache", str(run / "cache"), "--run", str(run)]
    assert main(["crossvalidate", *given, "--keep-networks", str(run / "kept")]) == 0
    said = capfd.readouterr().out
    assert [line.split(": ")[1] for line in said.splitlines() if line.startswith("fit ")] == [
        "seed5-fold2"
    ]
    assert {path: path.read_bytes() for path in before} == before


def test_the_protocol_says_how_often() -> None:
    assert "seed" not in protocol_of(Configuration())
    assert "3 seeds on the same folds" in protocol_of(Configuration(seeds=3))
