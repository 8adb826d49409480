"""The rebuilt YAMNet: its weights, its shapes, its pooling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared.errors import BundleError
from tests.training.conftest import random_weights
from training.backbones.yamnet import EMBEDDING_SIZE, dequantise, read_weights
from training.fitting.batches import pad
from training.fitting.features import predict
from training.fitting.fine_tuner import clip_logits
from training.fitting.network import FROZEN, TRAINED, build_network, clip_network
from training.fitting.start import start_network
from worker.model.pooling import attention_weights

PATCHES = np.random.default_rng(0).normal(-4, 2, size=(5, 96, 64)).astype(np.float32)


def test_dequantising_undoes_the_stored_scale() -> None:
    stored = np.array([[-128, 0, 127], [1, 2, 3]], dtype=np.int8)
    whole = {"scales": [0.5], "zero_points": [2], "quantized_dimension": 0}
    assert dequantise(stored, whole).tolist() == [[-65.0, -1.0, 62.5], [-0.5, 0.0, 0.5]]
    rows = {"scales": [1.0, 0.1], "zero_points": [0, 0], "quantized_dimension": 0}
    assert dequantise(stored, rows) == pytest.approx(np.array([[-128, 0, 127], [0.1, 0.2, 0.3]]))


@pytest.mark.parametrize(("first_trained", "cells"), [(1, (6, 4)), (14, (6, 4)), (26, (3, 2))])
def test_wherever_it_is_cut_the_network_is_the_same(
    first_trained: int, cells: tuple[int, int]
) -> None:
    network = build_network(random_weights(), first_trained=first_trained, dropout=0.0)
    outputs = predict(network, PATCHES)
    assert {name: its.shape for name, its in outputs.items()} == {
        "logit": (5,),
        "attention": (5,),
        "evidence": (5, *cells),
    }
    assert outputs["attention"] == pytest.approx(0, abs=1e-6), "it starts as the plain mean"
    assert outputs["evidence"].sum(axis=(1, 2)) == pytest.approx(outputs["logit"], abs=1e-5)
    frozen, trained = network.get_layer(FROZEN), network.get_layer(TRAINED)
    assert not frozen.trainable_variables
    embedding = trained.get_layer("layer27").output
    from keras import Model

    pieces = predict(Model(trained.input, embedding), predict(frozen, PATCHES))
    other = build_network(random_weights(), first_trained=20, dropout=0.0)
    blocks = other.get_layer(TRAINED)
    embedder = Model(blocks.input, blocks.get_layer("layer27").output)
    whole = predict(embedder, predict(other.get_layer(FROZEN), PATCHES))
    assert pieces == pytest.approx(whole, abs=1e-5)


def test_without_the_last_halving_every_other_moment_is_yamnet_s_own() -> None:
    from keras import Model

    def last_maps(*, dense: bool) -> np.ndarray:
        network = build_network(random_weights(), first_trained=1, dropout=0.0, dense=dense)
        trained = network.get_layer(TRAINED)
        last = Model(trained.input, trained.get_layer("layer27").output)
        maps: np.ndarray = predict(last, PATCHES)
        return maps

    own, dense = last_maps(dense=False), last_maps(dense=True)
    assert own.shape[1:3] == (3, 2)
    assert dense.shape[1:3] == (6, 2)
    # Only the last one looks beyond the patch's end, where the two are padded differently.
    assert dense[:, 1:5:2] == pytest.approx(own[:, :2], abs=1e-4)


@pytest.mark.parametrize("first_trained", [14, 26, 28])
def test_a_long_patch_is_heard_in_moments(first_trained: int) -> None:
    network = build_network(
        random_weights(), first_trained=first_trained, dropout=0.0, patch_frames=512, dense=True
    )
    trained = network.get_layer(TRAINED)
    head = trained.get_layer("attention_head")
    head.set_weights([np.random.default_rng(1).normal(size=head.get_weights()[0].shape)])
    patches = np.random.default_rng(0).normal(size=(2, 512, 64)).astype(np.float32)
    outputs = predict(network, patches)
    moments = outputs["evidence"].shape[1]
    assert moments == 32
    assert outputs["evidence"].sum(axis=(1, 2)) == pytest.approx(outputs["logit"], abs=1e-5)
    # Softmax over a clip's patches of the patches' scores is softmax over all its moments.
    from keras import Model

    scores = Model(trained.input, trained.get_layer("scores").output)
    raw = predict(scores, predict(network.get_layer(FROZEN), patches))
    weights = np.exp(raw - raw.max())
    shares = weights.sum(axis=1) / weights.sum()
    assert attention_weights(outputs["attention"]) == pytest.approx(shares, abs=1e-6)


def test_the_clip_network_pools_as_the_worker_does() -> None:
    network = build_network(random_weights(), first_trained=26, dropout=0.0)
    trained = network.get_layer(TRAINED)
    head = trained.get_layer("attention_head")
    head.set_weights([np.random.default_rng(1).normal(size=head.get_weights()[0].shape)])
    activations = predict(network.get_layer(FROZEN), PATCHES)
    clips = [activations[:2], activations[2:]]
    pooled = clip_network(trained).predict(pad(clips, 4), verbose=0)
    assert pooled == pytest.approx(clip_logits(network, clips), abs=1e-5)


def test_other_files_are_refused(tmp_path: Path) -> None:
    for name, said in (
        ("weights.h5", "neither"),
        ("weights.tflite", "not a readable LiteRT"),
        ("network.keras", "not a patch network"),
    ):
        path = tmp_path / name
        path.write_bytes(b"something else")
        with pytest.raises(BundleError, match=said):
            start_network(path, first_trained=14, dropout=0.0, seed=0, threads=2)


def test_the_published_file_is_rebuilt_faithfully(
    yamnet_file: Path, sick_patches: np.ndarray
) -> None:
    from training.backbones.agreement import measure_agreement

    weights = read_weights(yamnet_file)
    assert len(weights.layers) == 27
    assert weights.classifier_kernel.shape == (EMBEDDING_SIZE, 521)
    agreement = measure_agreement(yamnet_file, sick_patches)
    assert agreement["correlation"] > 0.995
    assert agreement["mean_difference"] < 0.001
    assert agreement["same_top_class"] > 0.9
