"""What the card of covid-cough says, and what figures by device are called in cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.bundles.about import read_about
from training.bundles.card_words import figure_name

ABOUT = Path(__file__).resolve().parents[3] / "training" / "cards" / "covid_cough.toml"


def test_it_leads_with_what_the_data_cannot_support() -> None:
    about = read_about(ABOUT)
    assert about.caveat is not None
    assert about.caveat.startswith("An experiment, not a COVID-19 test")
    assert "chance" in about.caveat
    assert "AUC 0." in about.caveat
    assert "recordings labelled COVID-19 positive" in about.disclaimer
    assert "no diagnosis" in about.disclaimer
    limits = " ".join(about.limits)
    for said in ("Coppock", "0.846", "0.619", "no subject ids", "source alone", "own word"):
        assert said in limits
    assert "@" not in ABOUT.read_text(encoding="utf-8"), "a figure was not filled in"


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("auc", "AUC"),
        ("auc_within_call-center", "AUC, trained and tested within call-center"),
        ("auc_call-center_to_telegram", "AUC, trained on call-center, tested on telegram"),
        ("noise_floor_alone_auc", "noise floor alone: AUC"),
        ("level_alone_auc_within_telegram", "level alone: AUC within telegram"),
        ("peak_level_auc", "peak level alone: AUC"),
    ],
)
def test_figures_by_device_are_told_in_words(name: str, meaning: str) -> None:
    assert figure_name(name) == meaning
