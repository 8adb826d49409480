"""`python -m training card`, and what every model card says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bundle import DISCLAIMER, EvidenceGrid, Network, Picture, read_card, verify_files
from shared.settings import REPOSITORY
from tests.support.bundles import change_card
from tests.training.bundles.conftest import FRONT_END, card_of, contents
from training.__main__ import main
from training.bundles.about import read_about
from training.bundles.model_card import render
from training.bundles.tripod import TOPICS

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

NETWORK = Network(
    quantisation="float32",
    parameters=1000,
    evidence=EvidenceGrid(time_cells=4, band_cells=2),
)
SECTIONS = [
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
]
ABOUT = """
caveat = "It is no better than chance."
disclaimer = "For tests alone."
description = "Another description."
licence = "Another licence."
intended_use = ["Tests."]
ethics = ["None is hurt."]
limits = ["It knows less than nothing."]
base_weights = "Drawn."
[tripod]
18a = "Nobody paid."
[[data_sets]]
name = "Other sounds"
licence = "CC0"
use = "training"
"""

committed = sorted(path.parent for path in (REPOSITORY / "models").glob("*/*/card.json"))
texts = st.text(max_size=60)


@pytest.mark.parametrize("folder", committed, ids=lambda its: f"{its.parent.name}-{its.name}")
def test_every_committed_card_is_up_to_date(folder: Path) -> None:
    assert main(["card", "--check", str(folder)]) == 0


def test_a_card_that_was_changed_is_found_and_rendered_again(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["card", "--check", str(bundle)]) == 0
    change_card(bundle, lambda card: card.update(description="It is better now."))
    with pytest.raises(SystemExit) as ended:
        main(["card", "--check", str(bundle)])
    assert ended.value.code == 1
    assert "CARD.md is not" in capsys.readouterr().err
    networks = {name: its for name, its in contents(bundle).items() if name.startswith("network")}
    assert main(["card", str(bundle)]) == 0
    assert main(["card", "--check", str(bundle)]) == 0
    assert "It is better now." in (bundle / "CARD.md").read_text(encoding="utf-8")
    verify_files(bundle, read_card(bundle))
    assert networks.items() <= contents(bundle.parent / bundle.name).items()


def test_a_text_that_was_edited_by_hand_is_found(bundle: Path) -> None:
    with (bundle / "CARD.md").open("a", encoding="utf-8") as file:
        file.write("And it heals.\n")
    with pytest.raises(SystemExit):
        main(["card", "--check", str(bundle)])


def test_rendering_again_changes_no_byte(bundle: Path) -> None:
    before = contents(bundle)
    assert main(["card", str(bundle)]) == 0
    assert contents(bundle) == before


def test_the_hash_of_a_file_that_an_image_leaves_out_is_kept(bundle: Path) -> None:
    expected = read_card(bundle).sha256["network.keras"]
    (bundle / "network.keras").unlink()
    assert main(["card", str(bundle)]) == 0
    assert read_card(bundle).sha256["network.keras"] == expected


def test_the_words_can_be_taken_from_an_about_file(bundle: Path, tmp_path: Path) -> None:
    about = tmp_path / "about.toml"
    about.write_text(ABOUT, encoding="utf-8")
    assert main(["card", str(bundle), "--about", str(about)]) == 0
    card = read_card(bundle)
    assert (card.caveat, card.limits) == (
        "It is no better than chance.",
        ["It knows less than nothing."],
    )
    text = (bundle / "CARD.md").read_text(encoding="utf-8")
    for said in ("Other sounds", "Drawn.", "None is hurt.", "| 18a | funding | Nobody paid. |"):
        assert said in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("18a", "28a", "no item 28a"),
        ('ethics = ["None is hurt."]', 'morals = ["None is hurt."]', "morals"),
        ('licence = "Another licence."', "", "licence"),
        ("[tripod]", "[tripod", "not TOML"),
    ],
)
def test_an_about_file_that_is_wrong_is_refused(
    bundle: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    said: str,
) -> None:
    about = tmp_path / "about.toml"
    about.write_text(ABOUT.replace(old, new, 1), encoding="utf-8")
    before = contents(bundle)
    assert main(["card", str(bundle), "--about", str(about)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert contents(bundle) == before


@pytest.mark.parametrize("path", sorted((REPOSITORY / "training" / "cards").glob("*.toml")))
def test_our_own_about_files_can_be_read(path: Path) -> None:
    assert read_about(path).limits


def test_a_folder_without_a_card_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for check in ([], ["--check"]):
        assert main(["card", str(tmp_path), *check]) == 2
        assert "no readable card.json" in capsys.readouterr().err


def test_the_caveat_comes_before_everything_and_the_disclaimer_next() -> None:
    lines = _lines(render(card_of(NETWORK, "tiny", "1.0.0", caveat="No better\nthan chance.")))
    assert lines[:3] == ["# tiny@1.0.0", "> **No better than chance.**", f"> **{DISCLAIMER}**"]
    assert _lines(render(card_of(NETWORK, "tiny", "1.0.0")))[1] == f"> **{DISCLAIMER}**"


def test_it_has_the_sections_of_a_model_card_in_order() -> None:
    text = render(card_of(NETWORK, "tiny", "1.0.0"))
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == [*SECTIONS, "TRIPOD+AI", "Reproduce"]


def test_doubts_probes_and_evidence_are_told() -> None:
    text = render(card_of(NETWORK, "tiny", "1.0.0"))
    for said in (
        "`uncertain` when 0.35 ≤ P(sick) < 0.65",
        "P(a cough or a sneeze) < 0.2, which is sigmoid(scale × greatest `event` logit",
        "by the toss of a coin.",
        "| noise 20 dB | 0.500 | 0.400 to 0.600 |",
        "4 × 2 cells, each 0.08 s × 6 of 12 mel bands",
    ):
        assert said in text


def test_every_front_end_can_be_told() -> None:
    for changes, said in (
        ({"features": "mfcc"}, "20 cepstral coefficients"),
        ({"features": "waveform"}, "frames of 160 samples"),
        ({"picture": Picture(low=-7, high=3)}, "levels 0 to 255 from -7 to 3"),
    ):
        front_end = FRONT_END.model_copy(update=changes)
        assert said in render(card_of(NETWORK, "tiny", "1.0.0", front_end=front_end))


def test_all_items_of_tripod_are_answered_in_order() -> None:
    rows = _tripod(render(card_of(NETWORK, "tiny", "1.0.0")))
    assert [number for number, _, _ in rows] == list(TOPICS)
    assert {int(number.rstrip("abcdefg")) for number in TOPICS} == set(range(1, 28))
    assert len(TOPICS) == 52
    assert all(topic and answer for _, topic, answer in rows)


@given(caveat=texts, description=texts, answer=texts, limit=texts)
def test_no_text_can_break_the_card(caveat: str, description: str, answer: str, limit: str) -> None:
    card = card_of(
        NETWORK,
        "tiny",
        "1.0.0",
        caveat=caveat or None,
        description=description,
        tripod={"18a": answer},
        limits=[limit],
    )
    rows = _tripod(render(card))
    assert [number for number, _, _ in rows] == list(TOPICS)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def _tripod(text: str) -> list[tuple[str, str, str]]:
    """The rows of the last table: number, topic, answer."""
    part = text.split("\n## TRIPOD+AI\n")[-1].split("\n## Reproduce\n")[0]
    table = [line for line in part.split("\n") if line.startswith("| ")][2:]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table]
    assert all(len(row) == 3 for row in rows)
    return [(number.strip(), topic.strip(), answer.strip()) for number, topic, answer in rows]
