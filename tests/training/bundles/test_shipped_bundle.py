"""The committed bundles: their figures, and Keras against LiteRT on real recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared.bundle import read_card, verify_files
from shared.settings import REPOSITORY
from tests.support.bundles import served_bundle
from tests.support.data import clips
from training.bundles.model_card import render
from training.data.recordings import read_waveform
from training.fitting.configuration import Configuration
from training.fitting.features import predict
from training.fitting.network import load_network
from training.front_end import YAMNET_FRONT_END, waveform_to_patches
from worker.diagnosis import diagnose_logit
from worker.model.bundle import load_bundle
from worker.model.pooling import attention_pool

FOLDER = served_bundle()
CARD = read_card(FOLDER)
BUNDLES = sorted(path.parent for path in (REPOSITORY / "models").glob("*/*/card.json"))
each_bundle = pytest.mark.parametrize("folder", BUNDLES, ids=lambda its: its.parent.name)


def test_what_is_served_by_default_and_the_experiment_are_there() -> None:
    assert [f"{its.parent.name}@{its.name}" for its in BUNDLES] == [
        "covid-cough@0.1.0",
        "sick-sounds@2.0.0",
    ]
    assert CARD.reference == "sick-sounds@2.0.0"


@each_bundle
def test_the_files_are_the_card_s(folder: Path) -> None:
    card = read_card(folder)
    verify_files(folder, card)
    assert (folder / "CARD.md").read_text(encoding="utf-8") == render(card)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 35e6
    assert (folder / card.network.litert).stat().st_size < 20e6


def test_the_cross_validated_figures_are_reached() -> None:
    figures = CARD.evaluation.figures
    assert figures["auc"].value >= 0.93
    assert figures["accuracy"].value >= 0.85
    assert figures["auc"].low > CARD.evaluation.baselines["yamnet_untouched_auc"].value
    assert CARD.evaluation.command.startswith("python -m training crossvalidate ")
    assert CARD.evaluation.probes["level_plus_12_db_flips"].value <= 0.03
    assert CARD.evaluation.probes["noise_20_db_flips"].value <= 0.08


def test_the_default_doubts_itself_and_shows_what_it_heard() -> None:
    assert CARD.doubts is not None
    assert CARD.network.evidence is not None


def test_the_experiment_says_first_what_its_data_cannot_support() -> None:
    card = read_card(REPOSITORY / "models" / "covid-cough" / "0.1.0")
    assert card.caveat
    assert "not a COVID-19 test" in card.caveat
    for pair in ("call-center_to_telegram", "telegram_to_call-center"):
        crossed = card.evaluation.figures[f"auc_{pair}"]
        assert crossed.low < 0.55, "were it not near chance, the caveat would be wrong"
        assert f"{crossed.value:.3f}" in card.caveat
    assert card.doubts is not None
    assert card.doubts.event is not None


def test_training_still_uses_the_front_end_that_the_card_describes() -> None:
    configured = Configuration()
    assert CARD.front_end == YAMNET_FRONT_END.model_copy(
        update={
            "patch_frames": configured.patch_frames,
            "patch_hop_frames": configured.patch_hop_frames,
        }
    )


@each_bundle
def test_keras_and_litert_agree_on_real_recordings(folder: Path) -> None:
    card = read_card(folder)
    paths = [*clips("sick", 100), *clips("not_sick", 100)]
    bundle, network = load_bundle(folder), load_network(folder / card.network.keras)
    recordings = [
        waveform_to_patches(read_waveform(path, card.front_end.sample_rate), card.front_end)
        for path in paths
    ]
    outputs = predict(network, np.concatenate(recordings))
    borders = np.cumsum([len(patches) for patches in recordings])[:-1]
    for patches, logits, attention in zip(
        recordings,
        np.split(outputs["logit"], borders),
        np.split(outputs["attention"], borders),
        strict=True,
    ):
        keras = diagnose_logit(attention_pool(logits, attention), card)
        litert = diagnose_logit(bundle.clip_logit(patches), card)
        assert abs(keras.probabilities.sick - litert.probabilities.sick) <= 1e-3
