"""`retrain`: the old command line, from pictures to a network that can be used and served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from training.__main__ import main, make_parser
from training.retraining.pictures import read_picture
from training.tensorflow_setup import load_keras
from worker.features import cut_patches
from worker.model.bundle import load_bundle

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

OLD = [
    "--bottleneck_dir=bottlenecks",
    "--how_many_training_steps=40000",
    "--model_dir=inception",
    "--summaries_dir=training_summaries/basic",
    "--output_graph=retrained_graph.pb",
    "--output_labels=retrained_labels.txt",
    "--image_dir=melspectrograms/train",
]


def test_the_old_command_line_is_understood() -> None:
    more = ["--learning_rate=0.02", "--train_batch_size=50", "--testing_percentage=20"]
    more += ["--validation_percentage=15", "--architecture=mobilenet_v2"]

    old = make_parser().parse_args(["retrain", *OLD])
    tuned = make_parser().parse_args(["retrain", *OLD, *more])

    assert (old.architecture, old.how_many_training_steps) == ("inception_v3", 40_000)
    assert (old.train_batch_size, old.testing_percentage, old.validation_percentage) == (
        100,
        10,
        10,
    )
    assert (tuned.architecture, tuned.learning_rate) == ("mobilenet_v2", 0.02)
    assert (tuned.train_batch_size, tuned.testing_percentage) == (50, 20)


@dataclass(frozen=True)
class Run:
    """A finished retraining: its folder, and what it said."""

    folder: Path
    said: str


@pytest.fixture(scope="module")
def run(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One retraining on the installed EfficientNet-Lite0, cut low: a second or two."""
    import contextlib
    import io

    folder = tmp_path_factory.mktemp("retrained")
    (folder / "melspectrograms").mkdir()
    (folder / "melspectrograms" / "train").symlink_to(pictures)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.chdir(folder)
        command = ["retrain", *OLD, "--how_many_training_steps=2000", "--testing_percentage=20"]
        command += ["--architecture=efficientnet_lite0", "--cut=block2", "--learning_rate=0.1"]
        command += ["--validation_percentage=20", "--bundle=models/retrained/0.1.0"]
        assert main(command) == 0
    return Run(folder, said.getvalue())


def test_it_tells_how_it_goes_and_what_came_of_it(run: Run) -> None:
    assert "step 2000: train accuracy = 100.0%" in run.said
    assert "validation accuracy" in run.said
    assert "final test accuracy = 100.0% (100.0% to 100.0%) (N=2 clips of 2 sources" in run.said
    assert "always the more frequent class = 50.0%" in run.said
    assert "not a medical device" in run.said


def test_no_frozen_graph_is_written_but_its_successors(run: Run, pictures: Path) -> None:
    import tensorflow as tf

    assert "TensorFlow 2 writes no frozen graph" in run.said
    assert not (run.folder / "retrained_graph.pb").exists()
    labels = (run.folder / "retrained_labels.txt").read_text().splitlines()
    assert labels == ["not sick", "sick"]
    picture = read_picture(next((pictures / "sick").iterdir()))
    patches = cut_patches(picture.levels, picture.front_end)
    load_keras()
    saved = tf.saved_model.load(str(run.folder / "retrained_graph"))
    by_saved = saved.signatures["serving_default"](patches=tf.constant(patches))["final_result"]
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(run.folder / "retrained_graph.tflite"))
    by_litert = interpreter.get_signature_runner("serving_default")(patches=patches)["final_result"]
    assert by_saved.shape == (1, 2)
    assert np.asarray(by_saved).sum() == pytest.approx(1.0)
    assert by_litert == pytest.approx(np.asarray(by_saved), abs=1e-4)
    assert labels[int(np.argmax(by_litert))] == "sick"


def test_the_worker_serves_its_bundle(run: Run, pictures: Path) -> None:
    import tensorflow as tf

    load_keras()
    bundle = load_bundle(run.folder / "models" / "retrained" / "0.1.0")
    saved = tf.saved_model.load(str(run.folder / "retrained_graph"))
    for path in sorted(pictures.rglob("*.png"))[::3]:
        picture = read_picture(path)
        patches = cut_patches(picture.levels, bundle.card.front_end)
        answer = saved.signatures["serving_default"](patches=tf.constant(patches))["final_result"]
        not_sick, sick = np.log(np.asarray(answer)[0])
        assert bundle.clip_logit(patches) == pytest.approx(sick - not_sick, abs=1e-2)
    card = bundle.card
    assert card.provenance.trained_with.startswith("python -m training retrain --image_dir=")
    assert str(run.folder) not in card.model_dump_json()
    assert card.evaluation.figures["accuracy"].value == 1.0
    assert "EfficientNet-Lite0 on ImageNet" in card.provenance.base_weights


def test_tensorboard_shows_both_sides(run: Run) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tags = {}
    for side in ("train", "validation"):
        folder = run.folder / "training_summaries" / "basic" / side
        events = EventAccumulator(str(folder), size_guidance={"tensors": 0})  # 0: all of them
        tags[side] = events.Reload().Tags()["tensors"]
        steps = [event.step for event in events.Tensors("accuracy")]
        assert steps == list(range(10, 2001, 10))
    scalars = {"accuracy", "cross_entropy"}
    histograms = {"weights", "biases", "Wx_plus_b"}
    assert set(tags["validation"]) == scalars
    assert set(tags["train"]) == scalars | {f"final_training_ops/{its}" for its in histograms}


def test_a_network_without_pretraining_is_trained_whole(
    recordings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["retrain", f"--image_dir={recordings}", "--architecture=wavenet"]
    command += ["--how_many_training_steps=3", "--train_batch_size=2", "--eval_step_interval=2"]
    command += ["--testing_percentage=20", "--validation_percentage=20"]

    assert main(command) == 0

    said = capsys.readouterr().out
    assert "wavenet has no pretrained weights: all of it is trained" in said
    assert "step 3: train accuracy" in said
    assert (tmp_path / "retrained_graph.tflite").is_file()
    assert not (tmp_path / "bottlenecks").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--architecture=resnet"], "no backbone 'resnet'"),
        (["--architecture=yamnet"], "yamnet takes other features"),
        (["--image_dir=nowhere"], "there is no folder nowhere"),
        (["--features=mfcc"], "pictures hold log-mel, not mfcc"),
        (["--testing_percentage=60", "--validation_percentage=60"], "nothing to train on"),
        (["--validation_percentage=0"], "each need clips"),
        (["--architecture=efficientnet_lite0", "--cut=mixed5"], "no 'mixed5'"),
        (["--weights=absent.h5"], "there is no file absent.h5"),
        (["--output_graph=taken.pb"], "holds no SavedModel"),
        (["--bundle=models/there/1.0.0"], "--replace"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    options: list[str],
    words: str,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "models" / "there" / "1.0.0").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    assert main(["retrain", f"--image_dir={pictures}", *options]) == 2

    (line,) = [its for its in capsys.readouterr().err.splitlines() if words in its]
    assert "Traceback" not in line
    assert sorted(tmp_path.rglob("*")) == before
