"""aiSFX against its package's definition: librosa's spectrogram, PyTorch's layers."""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np
import numpy.typing as npt
import pytest

from tests.support.recordings import cough
from tests.training.backbones.checkpoints import Pickles, state_dict
from training.backbones.aisfx import aisfx
from training.backbones.errors import BackboneError
from training.backbones.front_ends import AISFX_FRONT_END
from training.backbones.registry import backbone, pooled
from worker.audio.level import normalise_level
from worker.features import waveform_to_patches

Arrays = dict[str, npt.NDArray[np.float32]]
WIDTHS = (4, 6, 8, 10)  # the package's are 64 to 512


def _tensors() -> Arrays:
    rng = np.random.default_rng(0)
    tensors: dict[str, npt.NDArray[np.float64]] = {}
    before = 1
    for number, width in enumerate(WIDTHS, start=1):
        for part in (1, 2):
            prefix = f"embedding_net.conv_block{number}."
            tensors[f"{prefix}conv{part}.weight"] = rng.normal(size=(width, before, 3, 3))
            for name in ("weight", "bias", "running_mean"):
                tensors[f"{prefix}bn{part}.{name}"] = rng.normal(size=width)
            tensors[f"{prefix}bn{part}.running_var"] = rng.uniform(0.0, 2.0, size=width)
            before = width
    return {name: its.astype(np.float32) for name, its in tensors.items()}


def _by_definition(tensors: Arrays, waveform: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The embedding of the first hundred frames, layer by layer as the package has them."""
    import tensorflow as tf

    mel = librosa.feature.melspectrogram(
        y=waveform,
        sr=44_100,
        n_fft=2048,
        hop_length=1024,
        n_mels=96,
        fmin=0.0,
        fmax=22_050.0,
        htk=True,
        norm=1.0,
        power=2.0,
        center=False,
    )
    levels = np.log10(mel * 10_000.0 + 1.0) / 9.457798957824707
    x = tf.constant(levels.T[None, :100, :, None], tf.float32)
    for number in range(1, len(WIDTHS) + 1):
        for part in (1, 2):
            prefix = f"embedding_net.conv_block{number}."
            x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
            x = tf.nn.conv2d(
                x, tensors[f"{prefix}conv{part}.weight"].transpose(2, 3, 1, 0), 1, "VALID"
            )
            mean, variance, weight, bias = (
                tensors[f"{prefix}bn{part}.{name}"]
                for name in ("running_mean", "running_var", "weight", "bias")
            )
            x = tf.nn.relu((x - mean) / tf.sqrt(variance + 1e-5) * weight + bias)
        if number < len(WIDTHS):
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    embedding: npt.NDArray[np.float32] = tf.reduce_max(tf.reduce_mean(x, 2), 1).numpy()
    return embedding


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(Pickles().archive((state_dict(_tensors()), {"set": 3})))
    return path


def test_its_embedding_is_the_packages(checkpoint: Path) -> None:
    chosen = backbone("aisfx")
    waveform = cough(3.0, 44_100)

    network = chosen.build(checkpoint)
    patches = waveform_to_patches(waveform, chosen.front_end)
    embedding = np.asarray(pooled(chosen, network.predict(patches, verbose=0)))

    levelled = normalise_level(waveform, chosen.front_end.level)
    expected = _by_definition(_tensors(), levelled)
    assert embedding.shape == (2, WIDTHS[-1])
    assert np.abs(embedding[0] - expected[0]).max() < 1e-3 * np.abs(expected).max()


def test_it_can_be_cut(checkpoint: Path) -> None:
    assert aisfx(checkpoint, "block2", AISFX_FRONT_END).output_shape == (None, 25, 24, WIDTHS[1])
    with pytest.raises(BackboneError, match="'block5'; cut at block1"):
        aisfx(checkpoint, "block5", AISFX_FRONT_END)


def test_a_checkpoint_that_lacks_a_layer_is_refused(tmp_path: Path) -> None:
    tensors = _tensors()
    del tensors["embedding_net.conv_block3.bn2.bias"]
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(Pickles().archive(state_dict(tensors)))

    with pytest.raises(BackboneError, match=r"does not hold aiSFX.*conv_block3\.bn2\.bias"):
        aisfx(path, None, AISFX_FRONT_END)
