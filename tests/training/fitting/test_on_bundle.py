"""A network on a bundle's, measured by device and served with both its doubts, on made sounds.

The made data are of two devices. Each hums in its own way, most recordings of one are labelled
sick and few of the other, and nothing else tells the label.
"""

from __future__ import annotations

import json
import shlex
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from shared.bundle import read_card
from shared.errors import BundleError
from shared.job import WarningCode
from tests.support.recordings import cough, encode
from training.__main__ import main
from training.bundles.saving import save_network
from training.evaluation.device_study import POOLED, DeviceStudy
from training.evaluation.listener import Listener
from training.fitting.features import predict
from training.fitting.heads import map_heads
from training.fitting.network import FROZEN, TRAINED, join, load_network, to_activations
from training.fitting.on_bundle import card_beside
from training.fitting.start import start_network
from training.tensorflow_setup import load_keras
from worker.doubts import doubt_warnings
from worker.model.bundle import load_bundle

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PATCHES = np.random.default_rng(0).normal(-4, 2, size=(4, 96, 64)).astype(np.float32)
SMALL = shlex.split(
    "--epochs 6 --views 0 --batch-clips 8 --folds 2 --calibration-folds 2 --threads 1 "
    "--learning-rate 0.01 --average-momentum 0.8"
)
DEVICES = {"call-center": (0.8, 120.0), "telegram": (0.2, 3000.0)}
CLIPS = 30


def two_devices(folder: Path) -> Path:
    """The made data in the layout of covid19-cough."""
    rng = np.random.default_rng(1)
    lines = ["file,covid19,source"]
    time = np.arange(16_000) / 16_000
    for device, (sick, hum_hz) in DEVICES.items():
        for number in range(CLIPS):
            hum = 0.2 * np.sin(2 * np.pi * hum_hz * time + rng.uniform(0, 6))
            sound = cough(1.0, seed=int(rng.integers(1 << 30))) + hum.astype(np.float32)
            path = folder / "clips" / f"{device}-{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode(0.5 * sound, 16_000, AudioFormat.WAV))
            lines.append(f"clips/{path.name},{int(number < sick * CLIPS)},{device}")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def listening_network() -> Any:
    """A frozen random projection of a third of a second of log-mel, and heads."""
    keras = load_keras()
    keras.utils.set_random_seed(0)
    layers = keras.layers
    patches = keras.Input((96, 64), name="patches")
    projected = layers.Conv1D(128, 32, strides=32, name="projection")(patches)
    scaled = layers.Rescaling(0.2, name="scaled")(projected)
    activations = keras.Input((3, 128), name="activations")
    heads = map_heads([layers.Reshape((3, 1, 128), name="map")(activations)], 0.1)
    return join(
        keras.Model(patches, scaled, name=FROZEN), keras.Model(activations, heads, name=TRAINED)
    )


@pytest.fixture(scope="module")
def made(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that hears coughs, its listener, and a bundle on it with figures by device."""
    folder = tmp_path_factory.mktemp("on-bundle")
    two_devices(folder / "data")
    shutil.copytree(recordings, folder / "heard")

    def run(command: str, words: str) -> None:
        given = [word.replace("DIR", str(folder)) for word in shlex.split(words)]
        if command != "listener":
            given += [*SMALL, "--cache", str(folder / "cache")]
            given += ["--run", str(folder / f"run-{command}-{len(list(folder.iterdir()))}")]
        assert main([command, *given]) == 0

    (folder / "start").mkdir()
    save_network(listening_network(), folder / "start" / "network.keras")
    lower = "--data DIR/heard --weights DIR/start/network.keras"
    run("crossvalidate", f"{lower} --record DIR/heard.json --keep-networks DIR/folds")
    run("fit", f"{lower} --evaluation DIR/heard.json --out DIR/hears/1.0.0")
    run(
        "listener",
        "--record DIR/heard.json --networks DIR/folds --data DIR/heard --json DIR/listener.json",
    )
    upper = "--data DIR/data --weights DIR/hears/1.0.0/network.keras --backbone bundle"
    run("crossvalidate", f"{upper} --record DIR/record.json")
    run("devices", f"{upper} --json DIR/devices.json")
    run(
        "fit",
        f"{upper} --evaluation DIR/record.json --devices DIR/devices.json "
        "--listener DIR/listener.json --out DIR/on-it/0.1.0",
    )
    return folder


def test_the_label_is_the_device_and_nothing_else(made: Path) -> None:
    study = DeviceStudy.model_validate_json((made / "devices.json").read_bytes())
    assert {name: (its.clips, its.sick) for name, its in study.devices.items()} == {
        "call-center": (30, 24),
        "telegram": (30, 6),
    }
    assert study.figures[POOLED].low > 0.6
    assert study.baselines["device_alone_auc"].low > 0.6
    for name in DEVICES:
        within = study.figures[f"auc_within_{name}"]
        assert within.low < 0.5 < within.high
    assert set(study.figures) == {
        POOLED,
        "auc_within_call-center",
        "auc_within_telegram",
        "auc_call-center_to_telegram",
        "auc_telegram_to_call-center",
    }
    for what in ("metadata", "noise_floor", "level", "duration"):
        assert {f"{what}_alone_auc", f"{what}_alone_auc_within_telegram"} <= set(study.baselines)


def test_the_pooled_figure_is_the_cross_validation_s(made: Path) -> None:
    study = DeviceStudy.model_validate_json((made / "devices.json").read_bytes())
    record = json.loads((made / "record.json").read_text())
    auc = record["evaluation"]["figures"]["auc"]["value"]
    assert study.figures[POOLED].value == pytest.approx(auc, abs=1e-6)


def test_the_card_tells_the_figures_by_device(made: Path) -> None:
    card = read_card(made / "on-it" / "0.1.0")
    study = DeviceStudy.model_validate_json((made / "devices.json").read_bytes())
    told = card.evaluation.figures | card.evaluation.baselines
    for name, figure in (study.figures | study.baselines).items():
        assert told.get(name) == (None if name == POOLED else figure)
    page = (made / "on-it" / "0.1.0" / "CARD.md").read_text(encoding="utf-8")
    assert "AUC, trained on telegram, tested on call-center" in page
    assert "noise floor alone: AUC within telegram" in page


def test_what_the_bundle_below_hears_is_served_as_event(made: Path) -> None:
    below, bundle = load_bundle(made / "hears" / "1.0.0"), load_bundle(made / "on-it" / "0.1.0")
    outputs = bundle.patch_outputs(PATCHES)
    assert outputs.event == pytest.approx(below.patch_outputs(PATCHES).logits, abs=1e-4)
    assert outputs.event != pytest.approx(outputs.logits, abs=1e-4)
    assert outputs.evidence is not None
    assert outputs.evidence.sum(axis=(1, 2)) == pytest.approx(outputs.logits, abs=1e-4)
    size = (made / "on-it" / "0.1.0" / "network.tflite").stat().st_size
    assert size < 1.3 * (made / "hears" / "1.0.0" / "network.tflite").stat().st_size, "one trunk"


def test_its_doubts_are_the_listener_s(made: Path) -> None:
    listener = Listener.model_validate_json((made / "listener.json").read_bytes())
    card = read_card(made / "on-it" / "0.1.0")
    assert card.doubts is not None
    assert card.doubts.event == listener.event
    assert card.doubts.event_below == listener.event_below > 0
    assert listener.sick_below / listener.sick < 0.05
    assert listener.auc > 0.9, "coughs from chirps"
    warned = [
        WarningCode.NO_COUGH_OR_SNEEZE_HEARD in doubt_warnings(0.0, event, card)
        for event in (np.full(3, -1e4, np.float32), np.full(3, 1e4, np.float32))
    ]
    assert warned == [True, False]
    hears = read_card(made / "hears" / "1.0.0").doubts
    assert hears is not None
    assert hears.event is None
    assert 0 < hears.event_below <= 0.5, "P(sick) itself tells of an event"


def test_the_network_is_loaded_as_it_was_saved(made: Path) -> None:
    path = made / "on-it" / "0.1.0" / "network.keras"
    network = load_network(path)
    outputs = predict(network, PATCHES)
    assert set(outputs) == {"logit", "attention", "evidence", "event"}
    assert to_activations(network).output_shape == (None, 3, 1, 128)
    start = partial(start_network, path, first_trained=14, dropout=0.0, seed=0, threads=1)
    again = predict(start(), PATCHES)
    assert again["event"] == pytest.approx(outputs["event"])
    on_top = predict(start(name="bundle"), PATCHES)
    assert on_top["event"] == pytest.approx(outputs["logit"], abs=1e-5)


def test_a_network_without_its_card_is_refused(made: Path, tmp_path: Path) -> None:
    alone = tmp_path / "network.keras"
    shutil.copy(made / "hears" / "1.0.0" / "network.keras", alone)
    with pytest.raises(BundleError, match=r"card\.json"):
        card_beside(alone)
    with pytest.raises(BundleError, match="need --weights"):
        card_beside(None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "devices --data DIR/heard --weights DIR/hears/1.0.0/network.keras --backbone bundle",
            "12 of 12 clips name no device",
        ),
        (
            "fit --data DIR/heard --weights DIR/hears/1.0.0/network.keras "
            "--evaluation DIR/heard.json --listener DIR/listener.json --out DIR/x/1.0.0",
            "--listener is for --backbone bundle",
        ),
        (
            "fit --data DIR/data --weights DIR/on-it/0.1.0/network.keras --backbone bundle "
            "--evaluation DIR/record.json --listener DIR/listener.json --out DIR/x/1.0.0",
            "measured on other data than on-it@0.1.0",
        ),
        (
            "listener --record DIR/record.json --networks DIR/folds --data DIR/data "
            "--json DIR/x.json",
            "not those of this record",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    given = [word.replace("DIR", str(made)) for word in shlex.split(words)]
    if given[0] != "listener":
        given += [*SMALL, "--run", str(tmp_path / "run"), "--cache", str(made / "cache")]
    assert main(given) == 2
    assert said in capsys.readouterr().err
    assert not (made / "x").exists()
    assert not (made / "x.json").exists()
