"""Prepared data → the record of a nested cross-validation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.bundle import Evaluation
from training.evaluation.baselines import baseline_figures, untouched_opinion
from training.evaluation.metrics import all_figures
from training.evaluation.record import EvaluationRecord, SeedResult, TestedClip
from training.fitting.calibration import fit_platt
from training.fitting.crossvalidation import (
    NetworkKeeper,
    cross_validate,
    protocol_of,
)
from training.fitting.fine_tuner import FineTuner
from training.fitting.preparation import Prepared
from training.fitting.run_folder import RunFolder


def evaluate(
    prepared: Prepared,
    command: str,
    *,
    run: RunFolder | None = None,
    keeper: NetworkKeeper | None = None,
    logs: Path | None = None,
) -> EvaluationRecord:
    """Cross-validate, and compare with the baselines.

    Args:
        prepared: the data and the configuration.
        command: that the card shall name as reproducing the figures.
        run: where finished fits, and then the record, are kept.
        keeper: of the networks of the first seed's folds.
        logs: folder for TensorBoard's event files.

    Raises:
        DatasetError: a class has too few sources for the folds.
        CannotWriteError: the disk is full, say.
    """
    configuration = prepared.configuration
    weights, untouched = prepared.weights, None
    if weights is not None and weights.suffix == ".tflite" and configuration.backbone == "yamnet":
        untouched = untouched_opinion(weights, prepared.waveforms)

    def make_tuner(seed: int) -> FineTuner:
        start = configuration.seed if configuration.soup else seed
        return FineTuner(prepared.make_network(start), replace(configuration, seed=seed))

    tested = cross_validate(
        make_tuner,
        prepared.features,
        prepared.labels,
        prepared.sources,
        configuration,
        run=run,
        keeper=keeper,
        logs=logs,
    )
    if tested.soup_logits is None or tested.soup_probabilities is None:
        logits, probabilities = tested.logits, tested.probabilities
    else:
        logits, probabilities = tested.soup_logits[None], tested.soup_probabilities[None]
    evaluation = Evaluation(
        protocol=protocol_of(configuration),
        command=command,
        clips=len(prepared.clips),
        sources=len(set(prepared.sources)),
        figures=all_figures(prepared.labels, probabilities, prepared.sources),
        baselines=baseline_figures(
            prepared.waveforms, prepared.labels, prepared.sources, untouched
        ),
    )
    record = EvaluationRecord(
        data_sha256=prepared.data_sha256,
        weights_sha256=prepared.weights_sha256,
        configuration=configuration.as_json(),
        evaluation=evaluation,
        calibration=fit_platt(logits.ravel(), np.tile(prepared.labels, len(logits))),
        clips=_tested_clips(prepared, tested.folds, logits, probabilities),
        seeds=[
            SeedResult(seed=seed, logits=logits.tolist(), probabilities=probabilities.tolist())
            for seed, logits, probabilities in zip(
                tested.seeds, tested.logits, tested.probabilities, strict=True
            )
        ],
        fold_calibrations=list(tested.calibrations),
    )
    if run:
        run.keep_record(record.model_dump_json(indent=2) + "\n", evaluation.figures)
    return record


def _tested_clips(
    prepared: Prepared,
    folds: npt.NDArray[np.intp],
    logits: npt.NDArray[np.float64],
    probabilities: npt.NDArray[np.float64],
) -> list[TestedClip]:
    return [
        TestedClip(
            file=clip.path.name,
            source=clip.source,
            label=clip.label,
            fold=int(fold),
            logit=float(logit),
            probability=float(probability),
        )
        for clip, fold, logit, probability in zip(
            prepared.clips,
            folds,
            logits.mean(axis=0),
            probabilities.mean(axis=0),
            strict=True,
        )
    ]
