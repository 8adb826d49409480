"""Keras Applications' networks: weights from files of each kind, and clear words without any."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared.settings import REPOSITORY
from training.backbones.applications import keep_imagenet_weights
from training.backbones.errors import BackboneError
from training.backbones.registry import backbone
from training.tensorflow_setup import load_keras

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def mobilenet() -> Any:
    """MobileNetV2 without its top, as Keras makes it, with random weights."""
    keras = load_keras()
    keras.utils.set_random_seed(0)
    return keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(224, 224, 3)
    )


@pytest.mark.parametrize("suffix", [".weights.h5", ".h5", ".keras"])
def test_weights_may_come_in_each_of_keras_files(
    suffix: str, mobilenet: Any, tmp_path: Path
) -> None:
    path = tmp_path / f"network{suffix}"
    save = mobilenet.save_weights if suffix == ".weights.h5" else mobilenet.save
    save(path)
    levels = np.random.default_rng(0).uniform(0, 255, (1, 500, 128)).astype(np.float32)

    network = backbone("mobilenet_v2").build(path, "block_1_project_BN")
    seen = network.predict(levels, verbose=0)

    keras = load_keras()
    cut = keras.Model(mobilenet.input, mobilenet.get_layer("block_1_project_BN").output)
    upright = levels.transpose(0, 2, 1)[:, ::-1, :, None]
    resized = np.asarray(keras.ops.image.resize(upright, (224, 224)))
    expected = cut.predict(np.repeat(resized / 127.5 - 1, 3, axis=3), verbose=0)
    assert seen == pytest.approx(expected[:, ::-1].transpose(0, 2, 1, 3), abs=1e-3)


def test_an_unknown_layer_is_told(mobilenet: Any, tmp_path: Path) -> None:
    mobilenet.save_weights(tmp_path / "kept.weights.h5")

    with pytest.raises(BackboneError, match="no layer 'mixed5'; cut for example at block_2_add"):
        backbone("mobilenet_v2").build(tmp_path / "kept.weights.h5", "mixed5")


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.h5").write_bytes(b"nothing")

    with pytest.raises(BackboneError, match=r"other\.h5 does not hold mobilenet_v2's weights"):
        backbone("mobilenet_v2").build(tmp_path / "other.h5")
    with pytest.raises(BackboneError, match="there is no file"):
        backbone("mobilenet_v2").build(tmp_path / "absent.h5")


def _inception_as_tfjs(folder: Path, numbers: dict[str, int]) -> None:
    """A quantised TensorFlow.js InceptionV3; layer n's values are n hundredths.

    Args:
        folder: to write to.
        numbers: how many layers of each kind.
    """
    keras = load_keras()
    network = keras.applications.InceptionV3(
        include_top=False, weights=None, input_shape=(299, 299, 3)
    )
    made = {
        "conv2d": [its for its in network.layers if type(its).__name__ == "Conv2D"],
        "batch_normalization": [
            its for its in network.layers if type(its).__name__ == "BatchNormalization"
        ],
    }
    parts = {
        "conv2d": ["kernel"],
        "batch_normalization": ["beta", "moving_mean", "moving_variance"],
    }
    weights, data = [], bytearray()
    for kind, layers in made.items():
        layers.sort(key=lambda layer: int((re.search(r"_(\d+)$", layer.name) or "00")[1]))
        for number, layer in enumerate(layers[: numbers[kind]], start=1):
            for part, values in zip(parts[kind], layer.get_weights(), strict=True):
                quantisation = {"min": 0.0, "scale": 0.01, "dtype": "uint8"}
                shape = list(values.shape)
                name = f"{kind}_{number}/{part}"
                weights.append(
                    {"name": name, "shape": shape, "dtype": "float32", "quantization": quantisation}
                )
                data += bytes([number]) * values.size
    manifest = [{"paths": ["shard"], "weights": weights}]
    (folder / "model.json").write_text(json.dumps({"weightsManifest": manifest}))
    (folder / "shard").write_bytes(data)


def test_inception_takes_tensorflow_js_weights_by_the_order_of_its_layers(tmp_path: Path) -> None:
    _inception_as_tfjs(tmp_path, {"conv2d": 94, "batch_normalization": 94})

    network = backbone("inception_v3").build(tmp_path, "mixed0")

    assert network.output_shape == (None, 35, 35, 256)
    (inner,) = (its for its in network.layers if its.name.startswith("inception_v3"))
    # The stem's five convolutions follow one another.
    stem = [its for its in inner.layers if type(its).__name__ == "Conv2D"][:5]
    for number, layer in enumerate(stem, start=1):
        assert np.asarray(layer.get_weights()[0]) == pytest.approx(number / 100)


def test_tensorflow_js_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    _inception_as_tfjs(tmp_path, {"conv2d": 93, "batch_normalization": 94})

    with pytest.raises(BackboneError, match="has 93 layers conv2d, not 94"):
        backbone("inception_v3").build(tmp_path, "mixed5")


def test_offline_and_without_a_file_it_says_what_to_do(tmp_path: Path) -> None:
    """In a process of its own: a closed port in place of the internet, an empty home."""
    nowhere = "http://127.0.0.1:9"
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "KERAS_HOME": str(tmp_path),
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "no_proxy": "",
    }
    code = (
        "from training.backbones.registry import backbone\n"
        "from training.backbones.errors import BackboneError\n"
        "for name in ('inception_v3', 'mobilenet_v2'):\n"
        "    try:\n"
        "        backbone(name).build()\n"
        "    except BackboneError as error:\n"
        "        print('told:', error.detail)\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    told = [line for line in said.stdout.splitlines() if line.startswith("told:")]
    assert len(told) == 2
    for name, line in zip(("inception_v3", "mobilenet_v2"), told, strict=True):
        assert name in line
        assert "--weights" in line


def test_downloaded_weights_are_kept_where_they_are_wanted(
    mobilenet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The download is Keras's: it finds the file in its own folder, as after a first run."""
    kept = tmp_path / "models" / "mobilenet_v2.weights.h5"
    monkeypatch.setattr("training.backbones.applications._make", lambda *_: mobilenet)

    keep_imagenet_weights("mobilenet_v2", kept)

    monkeypatch.undo()
    network = backbone("mobilenet_v2").build(kept, "Conv1")
    (inner,) = (its for its in network.layers if its.name.startswith("mobilenet"))
    expected = mobilenet.get_layer("Conv1").get_weights()[0]
    assert np.array_equal(inner.get_layer("Conv1").get_weights()[0], expected)
