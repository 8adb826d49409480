"""Backbones by name, and which patches each takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.backbones.errors import BackboneError
from training.backbones.front_ends import as_pictures
from training.backbones.registry import BACKBONES, backbone
from training.backbones.yamnet import LAST_LAYER, read_weights
from training.fitting.network import build_network
from training.front_end import YAMNET_FRONT_END

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PICTURE_NETWORKS = ["inception_v3", "mobilenet_v2", "efficientnet_lite0"]


def test_they_are_what_the_documents_name() -> None:
    assert set(BACKBONES) == {*PICTURE_NETWORKS, "yamnet", "aisfx", "wavenet"}


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(BackboneError, match="no backbone 'resnet'; there are inception_v3, "):
        backbone("resnet")


@pytest.mark.parametrize("name", PICTURE_NETWORKS)
def test_networks_of_photographs_take_any_picture_and_nothing_else(name: str) -> None:
    chosen = backbone(name)

    chosen.check_front_end(chosen.front_end)
    chosen.check_front_end(as_pictures(YAMNET_FRONT_END))
    with pytest.raises(BackboneError, match=f"spectrograms --architecture {name}"):
        chosen.check_front_end(YAMNET_FRONT_END)
    with pytest.raises(BackboneError):
        chosen.check_front_end(backbone("wavenet").front_end)


@pytest.mark.parametrize("name", ["yamnet", "aisfx", "wavenet"])
def test_networks_of_sound_take_their_own_features_or_pictures_of_them(name: str) -> None:
    chosen = backbone(name)

    chosen.check_front_end(chosen.front_end)
    if "logmel" in (chosen.front_end.features, *(its.features for its in chosen.others)):
        chosen.check_front_end(as_pictures(chosen.front_end_of("logmel")))
    with pytest.raises(BackboneError):
        chosen.check_front_end(chosen.front_end.model_copy(update={"hop_length": 123}))


def test_features_that_a_network_does_not_take_are_told() -> None:
    with pytest.raises(BackboneError, match="yamnet takes logmel, not mfcc"):
        backbone("yamnet").front_end_of("mfcc")


def test_yamnet_is_the_network_that_fine_tuning_starts_from(yamnet_file: Path) -> None:
    patches = np.random.default_rng(0).normal(-2, 2, (4, 96, 64)).astype(np.float32)
    weights = read_weights(yamnet_file)
    fine_tuned = build_network(weights, first_trained=LAST_LAYER, dropout=0.0)

    network = backbone("yamnet").build(yamnet_file, "layer26")

    frozen = fine_tuned.get_layer("frozen_blocks")
    assert np.array_equal(network.predict(patches, verbose=0), frozen.predict(patches, verbose=0))


def test_yamnet_takes_pictures_too(yamnet_file: Path) -> None:
    front_end = as_pictures(YAMNET_FRONT_END)
    assert front_end.picture is not None
    levels = np.random.default_rng(0).integers(0, 256, (2, 96, 64)).astype(np.float32)
    low, high = front_end.picture.low, front_end.picture.high

    on_levels = backbone("yamnet").build(yamnet_file, front_end=front_end)
    on_values = backbone("yamnet").build(yamnet_file)

    assert on_levels.output_shape == (None, 3, 2, 1024)
    values = levels / 255 * (high - low) + low
    difference = on_levels.predict(levels, verbose=0) - on_values.predict(values, verbose=0)
    assert np.abs(difference).max() < 1e-3


def test_yamnet_says_which_weights_it_needs(yamnet_file: Path) -> None:
    with pytest.raises(BackboneError, match="--weights"):
        backbone("yamnet").build()
    for cut in ("layer0", "layer28", "block3"):
        with pytest.raises(BackboneError, match="cut at layer1 to layer27"):
            backbone("yamnet").build(yamnet_file, cut)


@pytest.mark.parametrize("name", sorted(BACKBONES))
def test_every_network_says_where_it_comes_from(name: str) -> None:
    chosen = backbone(name)

    assert chosen.licence
    assert chosen.base_weights
