"""One network of many seeds: its weights are their mean, and it is what is measured and kept."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

from training.__main__ import main
from training.data.dataset import read_dataset
from training.data.recordings import read_waveform
from training.evaluation.fold_networks import LiteRtFolds
from training.evaluation.record import EvaluationRecord, read_record
from training.fitting.array_file import load_arrays
from training.fitting.calibration import calibrate, sigmoid
from training.fitting.network import TRAINED, load_network
from training.front_end import YAMNET_FRONT_END, waveform_to_patches

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SMALL = shlex.split(
    "--epochs 1 --views 1 --batch-clips 4 --folds 2 --calibration-folds 2 --seeds 2 --soup 1 "
    "--learning-rate 0.01 --precision bfloat16"
)


def command(name: str, recordings: Path, start_weights: Path, folder: Path) -> list[str]:
    given = [name, "--data", str(recordings), "--weights", str(start_weights), *SMALL]
    return [*given, "--cache", str(folder / "cache"), "--run", str(folder / name)]


@pytest.fixture(scope="module")
def folder(recordings: Path, start_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("soup")
    given = command("crossvalidate", recordings, start_weights, made)
    assert main([*given, "--keep-networks", str(made / "kept")]) == 0
    return made


@pytest.fixture(scope="module")
def record(folder: Path) -> EvaluationRecord:
    return read_record(folder / "crossvalidate" / "record.json")


def test_the_soup_and_not_its_ingredients_is_measured(record: EvaluationRecord) -> None:
    assert len(record.seeds) == 2
    mean = np.mean([its.logits for its in record.seeds], axis=0)
    soup = np.array([clip.logit for clip in record.clips])
    assert not np.allclose(soup, mean, atol=1e-7), "a network's, not an ensemble's"
    for clip in record.clips:
        calibration = record.fold_calibrations[clip.fold]
        assert calibrate(np.array([clip.logit]), calibration)[0] == pytest.approx(clip.probability)
    assert "mean of the weights" in record.evaluation.protocol


def test_the_kept_networks_are_the_soups(
    folder: Path, record: EvaluationRecord, recordings: Path
) -> None:
    networks = LiteRtFolds(folder / "kept", 2, YAMNET_FRONT_END)
    tested = record.clips[0]
    path = next(its.path for its in read_dataset(recordings) if its.path.name == tested.file)
    waveform = read_waveform(path, YAMNET_FRONT_END.sample_rate)
    logit = networks.logits(tested.fold, [waveform_to_patches(waveform, YAMNET_FRONT_END)])
    # Training sees half-precision activations: it errs by as much.
    assert sigmoid(logit)[0] == pytest.approx(tested.probability, abs=5e-3)


def test_an_interrupted_soup_needs_no_fit_twice(
    folder: Path, recordings: Path, start_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = folder / "crossvalidate" / "record.json"
    before = record.read_bytes()
    record.unlink()
    assert main(command("crossvalidate", recordings, start_weights, folder)) == 0
    assert "fit 1 of" not in capsys.readouterr().out
    assert record.read_bytes() == before


def test_a_bundle_holds_the_mean_of_the_seeds_weights(
    folder: Path, recordings: Path, start_weights: Path
) -> None:
    out = folder / "models" / "made" / "0.1.0"
    given = command("fit", recordings, start_weights, folder)
    record = folder / "crossvalidate" / "record.json"
    assert main([*given, "--evaluation", str(record), "--out", str(out)]) == 0
    shipped = load_network(out / "network.keras").get_layer(TRAINED).get_weights()
    start = load_network(start_weights).get_layer(TRAINED).get_weights()
    assert any(not np.array_equal(*pair) for pair in zip(shipped, start, strict=True))
    arrays = load_arrays(folder / "crossvalidate" / "fits" / "seed0-fold1.npz")
    assert arrays is not None
    assert len(arrays) == 1 + len(shipped), "a fold's fit keeps its weights for the soup"
