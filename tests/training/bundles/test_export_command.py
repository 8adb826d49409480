"""`python -m training export`, on a thin network and made recordings."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from shared.bundle import Export, read_card, verify_files
from shared.errors import BundleError
from tests.training.bundles.conftest import contents, evident_network, put_bundle
from training.__main__ import main
from training.bundles.export import check_export
from training.bundles.re_export import ExportPlan, renew_exports
from training.data.recordings import read_waveforms
from training.fitting.features import predict
from worker.features import waveform_to_patches
from worker.model.bundle import load_bundle

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PATCHES = np.random.default_rng(0).normal(-4, 2, size=(5, 32, 12)).astype(np.float32)


@pytest.fixture(scope="module")
def exported(written: Path, recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle after `export --serve int8`."""
    folder = tmp_path_factory.mktemp("exported") / "tiny" / "1.0.0"
    shutil.copytree(written, folder)
    given = [str(folder), "--data", str(recordings), "--serve", "int8", "--accept", "1"]
    assert main(["export", *given]) == 0
    return folder


def test_all_three_files_are_made_and_told_of(exported: Path) -> None:
    card = read_card(exported)
    verify_files(exported, card)
    files = ["network.tflite", "network.dynamic-int8.tflite", "network.int8.tflite"]
    assert [export.file for export in card.exports] == files
    assert set(card.sha256) == {*files, "network.keras", "CARD.md"}
    text = (exported / "CARD.md").read_text(encoding="utf-8")
    assert "| `network.int8.tflite` (served) | int8 |" in text
    assert "recordings that it was trained on" in text
    for export in card.exports:
        assert export.bytes == (exported / export.file).stat().st_size
        assert export.clips == 12
        assert export.accuracy in [answer / 12 for answer in range(13)]
    assert card.exports[0].greatest_difference < 1e-5
    assert 1e-5 < card.exports[2].greatest_difference < 0.2


def test_the_worker_runs_the_file_that_is_to_be_served(exported: Path, written: Path) -> None:
    card = read_card(exported)
    assert (card.network.litert, card.network.quantisation) == ("network.int8.tflite", "int8")
    served, float32 = load_bundle(exported), load_bundle(written)
    assert served.clip_logit(PATCHES) == pytest.approx(float32.clip_logit(PATCHES), abs=0.5)
    assert served.clip_logit(PATCHES) != float32.clip_logit(PATCHES)


@pytest.mark.parametrize("which", ["float32", "int8"])
def test_evidence_and_event_are_exported_too(written: Path, exported: Path, which: str) -> None:
    outputs = load_bundle(written if which == "float32" else exported).patch_outputs(PATCHES)
    keras = predict(evident_network(), PATCHES)
    assert outputs.evidence is not None
    assert outputs.event is not None
    tolerance = 1e-4 if which == "float32" else 0.2 * float(np.abs(keras["evidence"]).max())
    assert outputs.evidence == pytest.approx(keras["evidence"], abs=tolerance)
    assert outputs.event == pytest.approx(keras["event"], abs=10 * tolerance)
    sums = outputs.evidence.sum(axis=(1, 2))
    assert sums == pytest.approx(outputs.logits, abs=10 * tolerance)
    grid = read_card(written).network.evidence
    assert grid is not None
    assert (grid.time_cells, grid.band_cells) == outputs.evidence.shape[1:]


def test_it_gives_the_same_bytes_again(exported: Path, recordings: Path, bundle: Path) -> None:
    renew_exports(bundle, recordings, ExportPlan(serve="int8", accepted=1.0))
    assert contents(bundle) == contents(exported)


def test_exports_that_are_not_made_again_stay(exported: Path, recordings: Path) -> None:
    before = read_card(exported)
    after = renew_exports(exported, recordings, ExportPlan(quantisations=["float32"], clips=3))
    assert [its.clips for its in after.exports] == [3, 12, 12]
    assert after.exports[1:] == before.exports[1:]
    assert after.network == before.network
    verify_files(exported, after)


def test_an_int8_file_that_changes_answers_is_refused(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tiny" / "1.0.0"
    network = evident_network()
    put_bundle(folder, network)
    # The threshold is laid where two recordings are closest: eight bits cannot part them.
    put_bundle(folder, network, threshold=_closest(folder, recordings))
    before = contents(tmp_path)
    given = [str(folder), "--data", str(recordings), "--quantisation", "int8", "--accept", "0"]
    assert main(["export", *given]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "int8 changes" in said
    assert "--accept" in said
    assert contents(tmp_path) == before
    assert main(["export", *given[:-1], "1"]) == 0


def _closest(folder: Path, recordings: Path) -> float:
    bundle = load_bundle(folder)
    waveforms = read_waveforms(sorted(recordings.rglob("*.wav")), 16_000)
    front_end = bundle.card.front_end
    logits = sorted(bundle.clip_logit(waveform_to_patches(its, front_end)) for its in waveforms)
    gaps = np.diff(logits)
    middle = logits[int(gaps.argmin())] + gaps.min() / 2
    return float(1 / (1 + np.exp(-middle)))


def test_float32_may_not_differ_whatever_is_accepted() -> None:
    export = Export(
        file="network.tflite",
        quantisation="float32",
        bytes=1,
        clips=1,
        greatest_difference=1e-3,
        answers_changed=0.0,
        accuracy=1.0,
        keras_accuracy=1.0,
    )
    check_export(export)
    with pytest.raises(BundleError, match="differ"):
        check_export(export.model_copy(update={"greatest_difference": 2e-3}), accepted=1.0)
