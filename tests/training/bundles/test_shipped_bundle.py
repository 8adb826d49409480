"""The committed bundle: its figures, and Keras against LiteRT on real recordings."""

from __future__ import annotations

import numpy as np

from shared.bundle import read_card, verify_files
from shared.settings import REPOSITORY
from tests.support.data import clips
from training.data.recordings import read_waveform
from training.fitting.features import predict
from training.fitting.network import load_network
from training.front_end import YAMNET_FRONT_END, waveform_to_patches
from worker.diagnosis import diagnose_logit
from worker.model.bundle import load_bundle
from worker.model.pooling import attention_pool

FOLDER = REPOSITORY / "models" / "sick-sounds" / "1.0.0"
CARD = read_card(FOLDER)


def test_the_files_are_the_card_s() -> None:
    verify_files(FOLDER, CARD)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 35e6


def test_the_cross_validated_figures_are_reached() -> None:
    figures = CARD.evaluation.figures
    assert figures["auc"].value >= 0.93
    assert figures["accuracy"].value >= 0.85
    assert figures["auc"].low > CARD.evaluation.baselines["yamnet_untouched_auc"].value
    assert CARD.evaluation.command.startswith("python -m training crossvalidate ")


def test_training_still_uses_the_front_end_that_the_card_describes() -> None:
    assert CARD.front_end == YAMNET_FRONT_END


def test_keras_and_litert_agree_on_real_recordings() -> None:
    paths = [*clips("sick", 100), *clips("not_sick", 100)]
    bundle, network = load_bundle(FOLDER), load_network(FOLDER / CARD.network.keras)
    recordings = [
        waveform_to_patches(read_waveform(path, CARD.front_end.sample_rate), CARD.front_end)
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
        keras = diagnose_logit(attention_pool(logits, attention), CARD)
        litert = diagnose_logit(bundle.clip_logit(patches), CARD)
        assert abs(keras.probabilities.sick - litert.probabilities.sick) <= 1e-3
