"""The bundles that lie under the models' folder, and which of them a client means."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from shared.catalogue import read_catalogue
from shared.errors import UnknownModelError
from tests.support.bundles import copy_bundle


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Three versions of one model and one of another."""
    for name, version in [
        ("zz-top", "0.1.0"),
        ("cough", "1.9.0"),
        ("cough", "1.10.0"),
        ("cough", "0.20.30"),
    ]:
        copy_bundle(tmp_path, name, version)
    return tmp_path


def test_they_are_in_order_of_name_and_the_newest_first(models: Path) -> None:
    assert read_catalogue(models).references == [
        "cough@1.10.0",
        "cough@1.9.0",
        "cough@0.20.30",
        "zz-top@0.1.0",
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("cough", "cough@1.10.0"),
        ("cough@1.9.0", "cough@1.9.0"),
        ("cough@0.20.30", "cough@0.20.30"),
        ("zz-top", "zz-top@0.1.0"),
    ],
)
def test_a_name_means_its_newest_version(models: Path, asked: str, found: str) -> None:
    assert read_catalogue(models).find(asked).reference == found


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "@",
        "cough@",
        "@1.9.0",
        "cough@1.9",
        "cough@2.0.0",
        "Cough",
        " cough",
        "coug",
        "../cough",
    ],
)
def test_anything_else_is_unknown_and_is_told_what_there_is(models: Path, asked: str) -> None:
    catalogue = read_catalogue(models)

    with pytest.raises(UnknownModelError, match=r"cough@1\.10\.0, .*, zz-top@0\.1\.0$") as refusal:
        catalogue.find(asked)

    assert refusal.value.extensions == {"models": catalogue.references}


def test_a_broken_card_is_left_out_with_a_warning(
    models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (models / "cough" / "1.10.0" / "card.json").write_text("{")
    (models / "cough" / "1.9.0").rename(models / "cough" / "1.9.1")

    with caplog.at_level(logging.WARNING):
        catalogue = read_catalogue(models)

    assert catalogue.references == ["cough@0.20.30", "zz-top@0.1.0"]
    assert catalogue.find("cough").reference == "cough@0.20.30"
    assert len(caplog.records) == 2


def test_what_has_no_card_is_no_bundle(models: Path, caplog: pytest.LogCaptureFixture) -> None:
    (models / "notes" / "today").mkdir(parents=True)
    (models / "README").write_text("Bundles.")

    assert len(read_catalogue(models).cards) == 4
    assert not caplog.records


def test_no_folder_is_no_bundle(tmp_path: Path) -> None:
    catalogue = read_catalogue(tmp_path / "nothing")

    with pytest.raises(UnknownModelError, match="none"):
        catalogue.find("cough")
