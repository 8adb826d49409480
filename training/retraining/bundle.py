"""A retrained network as a model bundle that the worker serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shared.bundle import Card, Evaluation, FrontEnd, Network, Provenance
from training.backbones.registry import Backbone
from training.bundles.about import About, nothing_known, read_about
from training.bundles.export import check_export, make_judge
from training.bundles.writing import write_bundle
from training.code_version import software
from training.retraining.outcome import Outcome
from training.retraining.samples import Sample
from training.retraining.settings import Settings

PARITY_CLIPS = 50
THRESHOLD = 0.5
_PROTOCOL = (
    "One split by source into training, validation and testing; calibrated on the validation "
    "clips, measured once on the testing clips. One split of few clips: mind the intervals."
)


def about_of(settings: Settings, chosen: Backbone) -> About:
    """What the user says of the data, or that nobody has, and where the network comes from.

    Raises:
        DatasetError: the about file cannot be used.
    """
    if settings.about is not None:
        return read_about(settings.about)
    known = nothing_known(settings.image_dir.resolve(), Path(chosen.name))
    words = f"{chosen.base_weights}; {chosen.licence}"
    return known.model_copy(update={"base_weights": words})


def ship(
    network: Any,
    samples: Sequence[Sample],
    front_end: FrontEnd,
    outcome: Outcome,
    settings: Settings,
    *,
    about: About,
    command: str,
    weights_sha256: str,
) -> Card:
    """Write the bundle `settings.bundle`.

    Args:
        network: of `training.retraining.network.patch_network`.
        samples: all of them; LiteRT is held against Keras on some.
        front_end: of their patches.
        outcome: of the test.
        settings: of the run.
        about: names, licences, limits.
        command: that the card shall name as having made it.
        weights_sha256: of the backbone's weights.

    Raises:
        BundleError: the bundle is there already, or Keras and LiteRT differ.
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    out = settings.bundle
    assert out is not None
    chosen = np.random.default_rng(settings.seed).permutation(len(samples))[:PARITY_CLIPS]
    judge = make_judge(
        network,
        [samples[i].patches for i in chosen],
        np.array([samples[i].label for i in chosen], dtype=np.float32),
        outcome.calibration,
        THRESHOLD,
    )

    def make_card(folder: Path, described: Network) -> Card:
        export = judge.compare(folder, described)
        check_export(export)
        return Card(
            name=out.parent.name,
            version=out.name,
            labels=["sick", "not sick"],
            front_end=front_end,
            network=described,
            calibration=outcome.calibration,
            threshold=THRESHOLD,
            exports=[export],
            evaluation=Evaluation(
                protocol=_PROTOCOL,
                command=command,
                clips=outcome.clips,
                sources=outcome.sources,
                figures=outcome.figures,
                baselines={"majority_class_accuracy": outcome.majority},
            ),
            provenance=Provenance(
                data_sets=about.data_sets,
                base_weights=about.base_weights,
                base_weights_sha256=weights_sha256,
                trained_with=command,
                seed=settings.seed,
                configuration={
                    "architecture": settings.architecture,
                    "cut": settings.cut,
                    "how_many_training_steps": settings.how_many_training_steps,
                    "learning_rate": settings.learning_rate,
                    "train_batch_size": settings.train_batch_size,
                    "testing_percentage": settings.testing_percentage,
                    "validation_percentage": settings.validation_percentage,
                },
                software=software(),
            ),
            **about.card_fields(),
            sha256={},
        )

    return write_bundle(out, network, make_card, replace=settings.replace)
