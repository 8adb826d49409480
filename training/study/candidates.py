"""What is compared: each candidate is a cross-validation with a configuration of its own.

All see the same clips in the same five folds by source, three seeds each, and all are calibrated
inside their training folds. What costs more is trained for fewer epochs; the table says for how
many. The choices were made before the study was run, and none was changed after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from training.fitting.configuration import Configuration

SEEDS = 3
WeightsKey = Literal["yamnet", "inception", "aisfx"]


@dataclass(frozen=True)
class Candidate:
    """One row of the study.

    Attributes:
        name: of the row and of its run folder.
        says: what it is, for the table.
        configuration: of its cross-validation.
        weights: which of the study's files it starts from; None: the backbone finds its own.
        soup: name of one more row, for the one network that averages its seeds' weights.
    """

    name: str
    says: str
    configuration: Configuration
    weights: WeightsKey | None = None
    soup: str | None = None


_FINE_TUNED = Configuration(precision="bfloat16", seeds=SEEDS, threads=1)


def _heads_only(backbone: str, *, hop: int, views: int, cut: str = "") -> Configuration:
    return Configuration(
        backbone=backbone,
        cut=cut,
        train_patch_hop=hop,
        views=views,
        epochs=16,
        learning_rate=3e-3,
        seeds=SEEDS,
        threads=1,
    )


CANDIDATES = (
    Candidate(
        name="wavenet",
        says="WaveNet on the waveform, from scratch, 2 epochs",
        configuration=Configuration(
            backbone="wavenet",
            train_patch_hop=1275,
            epochs=2,
            learning_rate=4e-3,
            dropout=0.1,
            seeds=SEEDS,
            threads=1,
        ),
    ),
    Candidate(
        name="inception-mixed5-frozen",
        says="InceptionV3 to mixed5 on pictures, frozen, new heads",
        configuration=_heads_only("inception_v3", hop=250, views=4, cut="mixed5"),
        weights="inception",
    ),
    Candidate(
        name="efficientnet-lite0-frozen",
        says="EfficientNet-Lite0 on pictures, frozen, new heads",
        configuration=_heads_only("efficientnet_lite0", hop=250, views=8),
    ),
    Candidate(
        name="aisfx-frozen",
        says="aiSFX (44.1 kHz), frozen, new heads, no augmentation",
        configuration=_heads_only("aisfx", hop=50, views=0),
        weights="aisfx",
    ),
    Candidate(
        name="yamnet-frozen",
        says="YAMNet, frozen, new heads",
        configuration=Configuration(
            first_trained_layer=28, epochs=16, learning_rate=3e-3, seeds=SEEDS, threads=1
        ),
        weights="yamnet",
    ),
    Candidate(
        name="yamnet-last",
        says="YAMNet, layers 14 to 27 trained, 8 epochs",
        configuration=replace(_FINE_TUNED, soup=1),
        weights="yamnet",
        soup="yamnet-last-soup",
    ),
    Candidate(
        name="yamnet-all",
        says="YAMNet, all layers trained, 2 epochs",
        configuration=replace(_FINE_TUNED, first_trained_layer=1, epochs=2),
        weights="yamnet",
    ),
)

# Means of the probabilities of all networks of these candidates: many networks for one answer.
ENSEMBLES = {"ensemble": ("yamnet-last", "yamnet-all")}
