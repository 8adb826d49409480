"""The WaveNet is causal, small, and takes every kind of features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared.bundle import FrontEnd
from training.backbones.errors import BackboneError
from training.backbones.registry import backbone
from training.backbones.wavenet import WaveNetSize
from training.tensorflow_setup import load_keras

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

WAVENET = backbone("wavenet")


def _maps(network: Any, front_end: FrontEnd, *, changed_from: int | None = None) -> Any:
    shape = (1, front_end.patch_frames, front_end.feature_width)
    patches = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    if changed_from is not None:
        patches[:, changed_from:] += 1.0
    return network.predict(patches, verbose=0)


def _multiplications(network: Any) -> int:
    """Per clip: each weight of a layer is used once a frame."""
    frames = network.input_shape[1]
    return sum(
        frames * int(np.prod(weight.shape))
        for layer in network.layers
        for weight in layer.get_weights()
        if weight.ndim > 1
    )


def test_what_comes_later_changes_nothing_before() -> None:
    network = WAVENET.build()
    pool = WaveNetSize().pool

    before = _maps(network, WAVENET.front_end)
    after = _maps(network, WAVENET.front_end, changed_from=20 * pool)

    assert before.shape == (1, WAVENET.front_end.patch_frames // pool, 64)
    assert np.array_equal(before[:, :20], after[:, :20])
    assert (before[:, 20:] != after[:, 20:]).any(axis=(0, 2)).all()


def test_it_looks_two_seconds_back() -> None:
    load_keras().utils.set_random_seed(0)
    network = WAVENET.build()
    front_end = WAVENET.front_end
    patches = np.random.default_rng(0).standard_normal((2, front_end.patch_frames, 64))
    patches[1, :25] = patches[0, :25] + 1.0
    patches[1, 25:] = patches[0, 25:]

    one, other = network.predict(patches.astype(np.float32), verbose=0)

    seen = np.flatnonzero((one != other).any(axis=1))
    reach_s = (seen.max() + 1) * WaveNetSize().pool * front_end.hop_length / front_end.sample_rate
    assert 1.9 < reach_s < 2.3


def test_it_fits_two_cores() -> None:
    assert _multiplications(WAVENET.build()) < 35e6


@pytest.mark.parametrize("features", ["waveform", "logmel", "mfcc"])
def test_it_takes_every_kind_of_features(features: str) -> None:
    front_end = WAVENET.front_end_of(features)

    maps = _maps(WAVENET.build(front_end=front_end), front_end)

    assert maps.shape[2] == 64
    assert np.isfinite(maps).all()
    assert maps.std() > 0


def test_it_goes_on_from_its_own_weights(tmp_path: Path) -> None:
    network = WAVENET.build()
    network.save_weights(tmp_path / "kept.weights.h5")

    again = WAVENET.build(tmp_path / "kept.weights.h5")

    assert np.array_equal(_maps(network, WAVENET.front_end), _maps(again, WAVENET.front_end))


def test_what_it_cannot_do_is_told(tmp_path: Path) -> None:
    (tmp_path / "other.weights.h5").write_bytes(b"nothing")

    with pytest.raises(BackboneError, match=r"other\.weights\.h5 does not hold"):
        WAVENET.build(tmp_path / "other.weights.h5")
    with pytest.raises(BackboneError, match="cannot be cut"):
        WAVENET.build(cut="layer3")
