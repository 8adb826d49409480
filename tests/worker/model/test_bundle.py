"""The worker runs only the network that its card describes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared.errors import BundleError, ModelUnavailableError
from shared.job import ModelReference
from shared.settings import Settings
from tests.support.bundles import change_card, served_model
from worker.model.bundle import bundle_for, load_bundle
from worker.spectrogram import Patches


def _patches(count: int, shape: tuple[int, int]) -> Patches:
    random = np.random.default_rng(0)
    return random.standard_normal((count, *shape)).astype(np.float32)


def _shape(folder_or_model: Path | None = None) -> tuple[int, int]:
    front_end = bundle_for(Settings().models_dir, served_model()).card.front_end
    return front_end.patch_frames, front_end.feature_width


def test_the_served_bundle_gives_a_logit() -> None:
    bundle = bundle_for(Settings().models_dir, served_model())

    logit = bundle.clip_logit(_patches(3, _shape()))

    assert np.isfinite(logit)


def test_a_bundle_is_loaded_once() -> None:
    models = Settings().models_dir

    assert bundle_for(models, served_model()) is bundle_for(models, served_model())


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 125])
def test_the_batch_leaves_no_trace(count: int) -> None:
    """However many patches there are, each is judged as if it were alone."""
    bundle = bundle_for(Settings().models_dir, served_model())
    patches = _patches(count, _shape())

    together = bundle.patch_outputs(patches)

    assert together.logits.shape == together.attention.shape == (count,)
    for number in {0, count // 2, count - 1}:
        alone = bundle.patch_outputs(patches[number : number + 1])
        assert together.logits[number] == pytest.approx(alone.logits[0], abs=1e-4)
        assert together.attention[number] == pytest.approx(alone.attention[0], abs=1e-4)


def test_the_same_patches_give_the_same_logit() -> None:
    bundle = bundle_for(Settings().models_dir, served_model())
    patches = _patches(12, _shape())

    before = bundle.clip_logit(patches)
    bundle.clip_logit(_patches(5, _shape()) * 7)

    assert bundle.clip_logit(patches) == before


def test_a_model_that_is_not_here_is_told_from_one_that_is_broken(bundle_copy: Path) -> None:
    models = bundle_copy.parent.parent
    with pytest.raises(ModelUnavailableError):
        bundle_for(models, ModelReference.parse("sick-sounds@9.9.9"))

    (bundle_copy / "card.json").write_text("{}")

    with pytest.raises(BundleError):
        bundle_for(models, served_model())


def test_a_copy_of_the_bundle_loads(bundle_copy: Path) -> None:
    assert load_bundle(bundle_copy).card.reference == str(served_model())


def test_a_changed_network_is_refused(bundle_copy: Path) -> None:
    network = bundle_copy / load_bundle(bundle_copy).card.network.litert
    with network.open("r+b") as file:
        file.seek(network.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))

    with pytest.raises(BundleError, match="not the file"):
        load_bundle(bundle_copy)


def test_a_network_that_is_none_is_refused(bundle_copy: Path) -> None:
    text = b"not a network at all"

    def trust(card: dict[str, Any]) -> None:
        name = card["network"]["litert"]
        (bundle_copy / name).write_bytes(text)
        card["sha256"][name] = hashlib.sha256(text).hexdigest()

    change_card(bundle_copy, trust)

    with pytest.raises(BundleError, match="cannot load"):
        load_bundle(bundle_copy)
