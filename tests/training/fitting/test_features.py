"""From cached views to activations: how they are cut."""

from __future__ import annotations

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from tests.support.recordings import cough, encode
from tests.training.conftest import random_weights
from training.augmentation.recipe import Recipe
from training.evaluation.record import file_sha256
from training.fitting.feature_cache import FeatureCache
from training.fitting.features import Features, compute_features
from training.fitting.network import FROZEN, build_network
from training.fitting.view_maker import ViewMaker
from training.fitting.views import Views
from training.front_end import YAMNET_FRONT_END

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Views:
    """A clip of five seconds and one shorter than a patch."""
    folder = tmp_path_factory.mktemp("clips")
    paths = [folder / "long.wav", folder / "short.wav"]
    for path, seconds in zip(paths, (5.0, 0.5), strict=True):
        path.write_bytes(encode(cough(seconds), 16_000, AudioFormat.WAV))
    maker = ViewMaker(
        YAMNET_FRONT_END, Recipe(speed_probability=0.0, crop_probability=0.0), (), "none", seed=0
    )
    return Views(maker, paths, [file_sha256(its) for its in paths], FeatureCache(folder / "cache"))


def features(cached: Views, hop: int, seed: int = 0) -> Features:
    frozen = build_network(random_weights(), first_trained=14, dropout=0.0).get_layer(FROZEN)
    return compute_features(
        frozen, cached, YAMNET_FRONT_END, views=2, train_patch_hop=hop, seed=seed
    )


def test_only_training_views_are_cut_coarsely(cached: Views) -> None:
    fine, coarse = features(cached, 48), features(cached, 96)
    assert [len(its) for its in fine.clean] == [len(its) for its in coarse.clean] == [10, 1]
    assert [len(its) for its in fine.views[0]] == [10, 1]
    assert [len(its) for its in coarse.views[0]] == [6, 1]
    for one, other in zip(fine.clean, coarse.clean, strict=True):
        assert np.array_equal(one, other)


def test_the_seed_decides_where_patches_begin(cached: Views) -> None:
    first, again, other = features(cached, 96), features(cached, 96), features(cached, 96, seed=1)
    for view in range(2):
        assert np.array_equal(first.views[view][0], again.views[view][0])
        assert not np.array_equal(first.views[view][0], other.views[view][0])
    assert np.array_equal(first.clean[0], other.clean[0])
