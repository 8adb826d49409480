"""A bundle whose card or files are not what they should be is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from shared.bundle import DISCLAIMER, read_card, verify_files
from shared.errors import BundleError
from tests.support.bundles import change_card, served_bundle


def test_the_served_bundle_is_in_order() -> None:
    card = read_card(served_bundle())

    verify_files(served_bundle(), card)
    assert card.labels == ["sick", "not sick"]
    assert card.disclaimer == DISCLAIMER


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no readable card\.json"):
        read_card(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": "sick-sounds"}', "\xff"])
def test_a_malformed_card_is_refused(bundle_copy: Path, text: str) -> None:
    (bundle_copy / "card.json").write_bytes(text.encode("latin-1"))

    with pytest.raises(BundleError, match="not a valid card"):
        read_card(bundle_copy)


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("front_end", "sample_rate", 0),
        ("front_end", "window", "hamming"),
        ("front_end", "surprise", 1),
        ("calibration", "scale", -1.0),
        ("network", "batch", 0),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(
    bundle_copy: Path, part: str, field: str, value: object
) -> None:
    def spoil(card: dict[str, Any]) -> None:
        card[part][field] = value

    change_card(bundle_copy, spoil)

    with pytest.raises(BundleError, match=field):
        read_card(bundle_copy)


@pytest.mark.parametrize("wrong", ["2.0.1", "3.0.0"])
def test_a_card_in_another_versions_folder_is_refused(bundle_copy: Path, wrong: str) -> None:
    elsewhere = bundle_copy.rename(bundle_copy.with_name(wrong))

    with pytest.raises(BundleError, match="holds the card of"):
        read_card(elsewhere)


def test_a_card_in_another_models_folder_is_refused(bundle_copy: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other" / bundle_copy.name
    shutil.copytree(bundle_copy, elsewhere)

    with pytest.raises(BundleError, match="holds the card of"):
        read_card(elsewhere)


def test_a_changed_network_is_refused(bundle_copy: Path) -> None:
    card = read_card(bundle_copy)
    network = bundle_copy / card.network.litert
    data = bytearray(network.read_bytes())
    data[len(data) // 2] ^= 1
    network.write_bytes(data)

    with pytest.raises(BundleError, match="not the file that its card names"):
        verify_files(bundle_copy, card)


def test_a_missing_network_is_refused(bundle_copy: Path) -> None:
    card = read_card(bundle_copy)
    (bundle_copy / card.network.litert).unlink()

    with pytest.raises(BundleError, match="lacks"):
        verify_files(bundle_copy, card)


def test_a_network_without_a_hash_is_refused(bundle_copy: Path) -> None:
    def forget(card: dict[str, Any]) -> None:
        del card["sha256"][card["network"]["litert"]]

    change_card(bundle_copy, forget)

    with pytest.raises(BundleError, match="no hash"):
        verify_files(bundle_copy, read_card(bundle_copy))


def test_what_serving_does_not_need_may_be_left_out_but_not_changed(bundle_copy: Path) -> None:
    def name_one(card: dict[str, Any]) -> None:
        card["sha256"]["notes.txt"] = "0" * 64

    change_card(bundle_copy, name_one)
    verify_files(bundle_copy, read_card(bundle_copy))
    (bundle_copy / "notes.txt").write_text("other notes")

    with pytest.raises(BundleError, match=r"notes\.txt"):
        verify_files(bundle_copy, read_card(bundle_copy))
