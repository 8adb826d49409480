"""Each sample passes the frozen network once, ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.backbones.front_ends import PICTURE_FRONT_END
from training.retraining.bottlenecks import read_bottlenecks
from training.retraining.samples import Sample
from training.tensorflow_setup import load_keras

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PATCH = (4, 3)


def _sample(number: int, patches: int = 1) -> Sample:
    values = np.random.default_rng(number).standard_normal((patches, *PATCH)).astype(np.float32)
    return Sample(f"{number}.png", number % 2, f"source{number}", f"hash{number}", values)


def _embedder(weight: float) -> Any:
    """Sums over time, times a weight."""
    keras = load_keras()
    patches = keras.Input(PATCH)
    scale = keras.layers.Dense(3, use_bias=False)
    embedder = keras.Model(patches, keras.ops.sum(scale(patches), axis=1))
    scale.set_weights([weight * np.eye(3, dtype=np.float32)])
    return embedder


def _read(samples: list[Sample], embedder: Any, folder: Path, **changed: Any) -> Any:
    origin: dict[str, Any] = {"architecture": "thin", "cut": None} | changed
    front_end = origin.pop("front_end", PICTURE_FRONT_END)
    return read_bottlenecks(samples, embedder, front_end, folder, **origin)


def test_a_bottleneck_is_the_mean_over_the_clips_patches(tmp_path: Path) -> None:
    samples = [_sample(number, patches=1 + number % 3) for number in range(40)]

    bottlenecks = _read(samples, _embedder(2.0), tmp_path)

    expected = [2.0 * sample.patches.sum(axis=1).mean(axis=0) for sample in samples]
    assert bottlenecks.dtype == np.float32
    assert bottlenecks == pytest.approx(np.stack(expected), abs=1e-5)


class _Untouchable:
    """Has an embedder's weights, and may not be run."""

    def __init__(self, embedder: Any) -> None:
        self.get_weights, self.input_shape = embedder.get_weights, embedder.input_shape

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("the network was run again")


def test_the_second_time_the_network_is_not_run(tmp_path: Path) -> None:
    samples, embedder = [_sample(number) for number in range(5)], _embedder(2.0)

    first = _read(samples, embedder, tmp_path)

    assert np.array_equal(first, _read(samples, _Untouchable(embedder), tmp_path))
    reordered = _read(samples[::-1], _Untouchable(embedder), tmp_path)
    assert np.array_equal(first[::-1], reordered)


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": "other"},
        {"cut": "layer3"},
        {"front_end": PICTURE_FRONT_END.model_copy(update={"hop_length": 161})},
        {"weight": 3.0},
    ],
)
def test_whatever_changes_the_answer_makes_it_anew(change: dict[str, Any], tmp_path: Path) -> None:
    samples = [_sample(number) for number in range(3)]
    _read(samples, _embedder(2.0), tmp_path)
    embedder = _embedder(change.pop("weight", 2.0))

    with pytest.raises(AssertionError, match="run again"):
        _read(samples, _Untouchable(embedder), tmp_path, **change)


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    samples, embedder = [_sample(number) for number in range(3)], _embedder(2.0)
    first = _read(samples, embedder, tmp_path)
    for path in tmp_path.rglob("*.npy"):
        path.write_bytes(path.read_bytes()[:-3])

    assert np.array_equal(first, _read(samples, embedder, tmp_path))
