"""Bundles are the same byte for byte, and written whole or not at all."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from shared.errors import BundleError
from tests.training.bundles.conftest import contents, evident_network, put_bundle
from tests.training.conftest import random_weights
from training.__main__ import main
from training.atomic_files import CannotWriteError
from training.bundles.re_export import ExportPlan, renew_exports
from training.bundles.saving import save_network
from training.bundles.staging import staged
from training.fitting.features import predict
from training.fitting.network import build_network, load_network
from training.front_end import YAMNET_FRONT_END
from training.tensorflow_setup import load_keras

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """The system refuses to write more into one file, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_same_network_gives_the_same_bundle(written: Path, tmp_path: Path) -> None:
    other = tmp_path / "tiny" / "1.0.0"
    put_bundle(other, evident_network())  # built anew, at other addresses, a second later
    assert contents(other) == contents(written)
    put_bundle(other, evident_network(seed=1))
    assert contents(other)["network.keras"] != contents(written)["network.keras"]


def test_a_network_of_ours_gives_the_same_file_whenever_it_is_built(tmp_path: Path) -> None:
    for name in ("one.keras", "other.keras"):
        load_keras().utils.set_random_seed(0)  # of the new heads
        save_network(
            build_network(random_weights(), first_trained=26, dropout=0.1), tmp_path / name
        )
    assert (tmp_path / "one.keras").read_bytes() == (tmp_path / "other.keras").read_bytes()


def test_a_saved_network_says_what_it_said(written: Path) -> None:
    patches = np.random.default_rng(0).normal(-4, 2, size=(3, 32, 12)).astype(np.float32)
    expected = predict(evident_network(), patches)
    again = predict(load_network(written / "network.keras"), patches)
    assert {name: its.tolist() for name, its in again.items()} == {
        name: its.tolist() for name, its in expected.items()
    }


@pytest.mark.parametrize("size", [0, 3000, 20_000])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, size: int) -> None:
    network = evident_network()
    with (
        no_file_above(size),
        pytest.raises(CannotWriteError, match=r"1\.0\.0: File too large") as it,
    ):
        put_bundle(tmp_path / "tiny" / "1.0.0", network)
    assert "\n" not in it.value.detail
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_bundle_whole(bundle: Path, recordings: Path) -> None:
    before = contents(bundle.parent)
    with no_file_above(3000), pytest.raises(CannotWriteError, match="File too large"):
        renew_exports(bundle, recordings, ExportPlan(quantisations=["int8"]))
    assert contents(bundle.parent) == before


def test_what_raises_within_leaves_all_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "name" / "1.0.0"

    def half() -> None:
        with staged(out) as folder:
            (folder / "half").write_text("written")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert list(tmp_path.iterdir()) == []
    with staged(out) as folder:
        (folder / "whole").write_text("one")
    with staged(out) as folder:
        (folder / "other").write_text("two")
    assert contents(tmp_path) == {"name/1.0.0/other": b"two"}


def test_a_bundle_without_its_keras_network_is_refused(
    bundle: Path, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundle / "network.keras").unlink()
    before = contents(bundle.parent)
    assert main(["export", str(bundle), "--data", str(recordings)]) == 2
    assert "has no network.keras" in _line(capsys)
    assert contents(bundle.parent) == before


def test_a_keras_network_that_was_changed_is_refused(
    bundle: Path, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (bundle / "network.keras").open("ab") as file:
        file.write(b"more")
    assert main(["export", str(bundle), "--data", str(recordings)]) == 2
    assert "is not the file that its card names" in _line(capsys)


def test_data_that_cannot_be_used_are_refused(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    before = contents(bundle.parent)
    for data in ("data", "nowhere"):
        assert main(["export", str(bundle), "--data", str(tmp_path / data)]) == 2
        assert "cannot be used for training" in _line(capsys)
    assert contents(bundle.parent) == before


def test_a_file_to_serve_that_is_not_there_is_refused(
    bundle: Path, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--data", str(recordings), "--quantisation", "float32", "--serve", "int8"]
    before = contents(bundle.parent)
    assert main(["export", str(bundle), *given]) == 2
    assert "has no int8 file" in _line(capsys)
    assert contents(bundle.parent) == before


def test_a_network_that_is_no_patch_network_is_refused(tmp_path: Path) -> None:
    keras = load_keras()
    patches = keras.Input((32, 12), name="patches")
    summed = keras.layers.Flatten()(patches)
    flat = {"logit": summed, "attention": summed, "evidence": summed}
    for outputs, said in (
        (summed, "gives no logit and no attention"),
        ({"logit": summed}, "gives no attention"),
        (flat, "no grid of time and bands"),
    ):
        with pytest.raises(BundleError, match=said):
            put_bundle(tmp_path / "other" / "1.0.0", keras.Model(patches, outputs))
    assert list(tmp_path.iterdir()) == []


def test_a_network_for_another_front_end_is_refused(
    tmp_path: Path, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tiny" / "1.0.0"
    put_bundle(folder, evident_network(), front_end=YAMNET_FRONT_END)
    assert main(["export", str(folder), "--data", str(recordings)]) == 2
    assert "takes patches of (32, 12), its card's front end makes (96, 64)" in _line(capsys)


def _line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that says what is wrong."""
    lines = [its for its in capsys.readouterr().err.splitlines() if its.startswith("The ")]
    assert len(lines) == 1
    return lines[0]
