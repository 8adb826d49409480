"""Features are computed once: the cache gives the same, and only for the same question."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.augmentation.recipe import Recipe
from training.data.dataset import DatasetError
from training.data.recordings import read_waveform
from training.evaluation.record import file_sha256
from training.fitting.feature_cache import FeatureCache, default_cache
from training.fitting.view_maker import ViewMaker
from training.fitting.views import Views
from training.front_end import YAMNET_FRONT_END, waveform_to_patches
from worker.features import cut_patches

MAKER = ViewMaker(YAMNET_FRONT_END, Recipe(), (), "none", seed=0)
CONTENT = "0123456789abcdef" * 4


def views_of(folder: Path, cache: Path, maker: ViewMaker = MAKER) -> Views:
    paths = sorted(folder.rglob("*.wav"))
    return Views(maker, paths, [file_sha256(path) for path in paths], FeatureCache(cache))


def same(one: Views, other: Views, view: int | None) -> bool:
    pairs = zip(one.load(view), other.load(view), strict=True)
    return all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in pairs)


@pytest.fixture(scope="module")
def filled(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Views:
    """The clean view and two augmented ones of each made recording."""
    background = next((recordings / "not_sick").iterdir())
    maker = replace(MAKER, backgrounds=(background,), backgrounds_sha256=file_sha256(background))
    views = views_of(recordings, tmp_path_factory.mktemp("cache"), maker)
    views.complete(2, processes=1)
    return views


def test_processes_make_what_one_makes(filled: Views, recordings: Path, tmp_path: Path) -> None:
    parallel = views_of(recordings, tmp_path, filled.maker)
    parallel.complete(2, processes=2)
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.npy"))
    assert len(files) == 3 * len(parallel.paths)
    assert all(same(filled, parallel, view) for view in (None, 0, 1))


def test_the_clean_view_is_the_worker_s(filled: Views) -> None:
    for path, features in zip(filled.paths, filled.load(None), strict=True):
        patches = waveform_to_patches(read_waveform(path, 16_000), YAMNET_FRONT_END)
        assert np.array_equal(cut_patches(features, YAMNET_FRONT_END), patches)


def test_views_differ_from_each_other_and_between_recordings(filled: Views) -> None:
    assert not same(filled, filled, None) or filled.load(None)[0].dtype == np.float32
    first, second = filled.load(0), filled.load(1)
    assert first[0].dtype == np.float16
    assert first[0].shape != second[0].shape or not np.array_equal(first[0], second[0])
    assert first[0].shape != first[1].shape or not np.array_equal(first[0], first[1])


def test_what_is_cached_needs_no_recording_and_no_name(
    filled: Views, recordings: Path, tmp_path: Path
) -> None:
    cache, moved = tmp_path / "cache", tmp_path / "moved"
    shutil.copytree(recordings, moved)
    views_of(moved, cache).complete(1, processes=1)
    listed = views_of(moved, cache)
    for number, path in enumerate(listed.paths):
        path.rename(path.with_name(f"renamed{number}.wav"))
    made = {path: path.stat().st_mtime_ns for path in cache.rglob("*.npy")}
    listed.complete(1, processes=1)
    assert len(listed.load(0)) == len(listed.paths)
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.npy")} == made


def test_a_damaged_file_is_made_again(filled: Views, recordings: Path, tmp_path: Path) -> None:
    views = views_of(recordings, tmp_path, filled.maker)
    views.complete(1, processes=1)
    cut, changed, gone = sorted(tmp_path.rglob("*.npy"))[:3]
    cut.write_bytes(cut.read_bytes()[:-7])
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    gone.unlink()
    assert all(same(views, filled, view) for view in (None, 0))
    assert all(same(views, filled, view) for view in (None, 0)), "and kept"


def test_the_key_names_all_that_decides_a_view() -> None:
    keys = {
        MAKER.key(CONTENT, None),
        MAKER.key(CONTENT[::-1], None),
        MAKER.key(CONTENT, 0),
        MAKER.key(CONTENT, 1),
        replace(MAKER, seed=1).key(CONTENT, 0),
        replace(MAKER, recipe=Recipe(gain_db=5.0)).key(CONTENT, 0),
        replace(MAKER, backgrounds_sha256="others").key(CONTENT, 0),
        _with_front_end(mel_bands=32).key(CONTENT, 0),
        _with_front_end(mel_bands=32).key(CONTENT, None),
    }
    assert len(keys) == 9


def test_what_does_not_decide_a_view_is_not_in_its_key() -> None:
    assert _with_front_end(patch_hop_frames=7).key(CONTENT, 0) == MAKER.key(CONTENT, 0)
    other = replace(MAKER, seed=1, recipe=Recipe(gain_db=5.0), backgrounds_sha256="others")
    assert other.key(CONTENT, None) == MAKER.key(CONTENT, None)


def test_an_unreadable_recording_is_named(recordings: Path, tmp_path: Path) -> None:
    """Also by a process of a pool: its error comes through whole."""
    folder = tmp_path / "data"
    shutil.copytree(recordings, folder)
    (folder / "sick" / "sick0_0_1.wav").write_bytes(b"RIFF")
    with pytest.raises(DatasetError, match=r"sick0_0_1\.wav"):
        views_of(folder, tmp_path / "cache").complete(1, processes=2)
    assert not list((tmp_path / "cache").rglob(".writing-*"))


def test_the_cache_lies_where_caches_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "cough-screening" / "features"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache() == tmp_path / ".cache" / "cough-screening" / "features"


def _with_front_end(**changes: int) -> ViewMaker:
    return replace(MAKER, front_end=YAMNET_FRONT_END.model_copy(update=changes))
