"""Data and an evaluation → a model bundle, trained on everything."""

from __future__ import annotations

import platform
from dataclasses import replace as with_changes
from importlib.metadata import version
from pathlib import Path

import numpy as np

from shared.bundle import Card, Doubts, Network, Provenance
from training.bundles.about import About
from training.bundles.export import check_export, make_judge
from training.bundles.writing import write_bundle
from training.evaluation.record import EvaluationRecord
from training.fitting.fine_tuner import FineTuner
from training.fitting.preparation import Prepared
from training.fitting.run_folder import RunFolder
from training.front_end import waveform_to_patches

PARITY_CLIPS = 200
THRESHOLD = 0.5
_PACKAGES = ("tensorflow", "keras", "numpy", "librosa", "soxr", "scikit-learn")


def fit_bundle(
    prepared: Prepared,
    record: EvaluationRecord,
    about: About,
    out: Path,
    command: str,
    *,
    doubts: Doubts | None = None,
    logs: Path | None = None,
    run: RunFolder | None = None,
    replace: bool = False,
) -> Card:
    """Fine-tune on all clips, prove the export, and write the bundle.

    Args:
        prepared: the data and the configuration.
        record: the cross-validation of the same data and configuration.
        about: names, licences, uses, limits.
        out: `.../<name>/<version>`.
        command: that the card shall name as having made it.
        doubts: when a result is to be warned of.
        logs: folder for TensorBoard's event files.
        run: where the fits' checkpoints are kept.
        replace: whether a bundle that is there may be replaced.

    Returns:
        The card as written.

    Raises:
        DatasetError: the record is of other data or another configuration.
        BundleError: `out` is taken, or Keras and LiteRT differ.
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    configuration = prepared.configuration
    record.check_belongs(prepared.data_sha256, prepared.weights_sha256, configuration.as_json())
    everything = np.arange(len(prepared.clips), dtype=np.intp)
    seeds = configuration.all_seeds if configuration.soup else [configuration.seed]
    ingredients = []
    for seed in seeds:
        tuner = FineTuner(prepared.make_network(), with_changes(configuration, seed=seed))
        tuner.fit(
            prepared.features,
            prepared.labels,
            everything,
            logs=logs,
            checkpoint=run.checkpoint(f"all-seed{seed}") if run else None,
        )
        ingredients.append(tuner.weights)
    tuner.stir(ingredients)
    chosen = np.random.default_rng(configuration.seed).permutation(everything)[:PARITY_CLIPS]
    judge = make_judge(
        tuner.network,
        [waveform_to_patches(prepared.waveforms[i], prepared.front_end) for i in chosen],
        prepared.labels[chosen],
        record.calibration,
        THRESHOLD,
    )

    def make_card(folder: Path, described: Network) -> Card:
        export = judge.compare(folder, described)
        check_export(export)
        return Card(
            name=out.parent.name,
            version=out.name,
            labels=["sick", "not sick"],
            front_end=prepared.front_end,
            network=described,
            calibration=record.calibration,
            threshold=THRESHOLD,
            doubts=doubts,
            exports=[export],
            evaluation=record.evaluation,
            provenance=Provenance(
                data_sets=about.data_sets,
                base_weights=about.base_weights,
                base_weights_sha256=prepared.weights_sha256,
                trained_with=command,
                seed=configuration.seed,
                configuration={
                    **configuration.as_json(),
                    "data_sha256": prepared.data_sha256,
                },
                software={"python": platform.python_version()}
                | {name: version(name) for name in _PACKAGES},
            ),
            sha256={},
            **about.card_fields(),
        )

    card = write_bundle(out, tuner.network, make_card, replace=replace)
    if run:
        for seed in seeds:
            run.checkpoint(f"all-seed{seed}").remove()
    return card
