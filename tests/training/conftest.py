"""Made recordings and a start network small enough to train in a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from tests.support.data import clips, labelled_recordings
from tests.support.recordings import chirp, cough, encode
from training.backbones.yamnet import LAST_LAYER, Layer, YamnetWeights
from training.data.recordings import read_waveform
from training.front_end import YAMNET_FRONT_END, waveform_to_patches
from worker.spectrogram import Patches

SOURCES = 6
_CHANNELS = {1: 8, 3: 8, 5: 8, 7: 8, 9: 8, 11: 8, 13: 8, 15: 8, 17: 8, 19: 8, 21: 8, 23: 8}


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `sick/` and `not_sick/`: bursts of noise and chirps, a second each."""
    folder = tmp_path_factory.mktemp("recordings")
    for source in range(SOURCES):
        sick = cough(1.0, seed=source)
        well = chirp(1.0, from_hz=200.0 + 50 * source)
        for label, waveform in (("sick", sick), ("not_sick", well)):
            path = folder / label / f"{label}{source}_0_1.wav"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(encode(waveform, 16_000, AudioFormat.WAV))
    return folder


def random_weights(seed: int = 0) -> YamnetWeights:
    """YAMNet's layers and names, but thin and with random weights."""
    rng = np.random.default_rng(seed)
    layers, channels = [], 1
    for number in range(1, LAST_LAYER + 1):
        if number > 1 and number % 2 == 0:
            kernel = rng.normal(size=(3, 3, channels, 1)) / 3
            bias = np.zeros(channels)
            kind = "depthwise"
        else:
            out = _CHANNELS.get(number, 16)
            size = 3 if number == 1 else 1
            kernel = rng.normal(size=(size, size, channels, out)) / np.sqrt(channels * size)
            bias, channels, kind = np.zeros(out), out, "convolution"
        layers.append(
            Layer(number, kind, kernel.astype(np.float32), bias.astype(np.float32))  # type: ignore[arg-type]
        )
    classifier = rng.normal(size=(channels, 521)).astype(np.float32)
    return YamnetWeights(tuple(layers), classifier, np.zeros(521, dtype=np.float32))


@pytest.fixture(scope="session")
def start_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thin network as `network.keras`, only its last block trained: `--weights` takes it."""
    from training.fitting.network import build_network

    path = tmp_path_factory.mktemp("weights") / "network.keras"
    build_network(random_weights(), first_trained=26, dropout=0.1).save(path)
    return path


@pytest.fixture(scope="session")
def yamnet_file() -> Path:
    """The pretrained weights, which are not part of the product."""
    path = labelled_recordings().parent / "weights" / "yamnet_spectra_in.tflite"
    if not path.is_file():
        pytest.skip("needs YAMNet's weights beside the labelled recordings")
    return path


@pytest.fixture(scope="session")
def sick_patches() -> Patches:
    """Patches of twenty real recordings of each label."""
    paths = [*clips("sick", 20), *clips("not_sick", 20)]
    waveforms = [read_waveform(path, YAMNET_FRONT_END.sample_rate) for path in paths]
    return np.concatenate([waveform_to_patches(its, YAMNET_FRONT_END) for its in waveforms])
