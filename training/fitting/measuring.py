"""Prepared data → the record of a nested cross-validation."""

from __future__ import annotations

from pathlib import Path

from shared.bundle import Evaluation
from training.backbones.yamnet import read_weights
from training.evaluation.baselines import baseline_figures, untouched_scores
from training.evaluation.metrics import all_figures
from training.evaluation.record import EvaluationRecord, TestedClip
from training.fitting.calibration import fit_platt
from training.fitting.crossvalidation import PROTOCOL, OutOfFold, cross_validate
from training.fitting.fine_tuner import FineTuner
from training.fitting.preparation import Prepared


def evaluate(prepared: Prepared, command: str, *, logs: Path | None = None) -> EvaluationRecord:
    """Cross-validate, and compare with the baselines.

    Args:
        prepared: the data and the configuration.
        command: that the card shall name as reproducing the figures.
        logs: folder for TensorBoard's event files.
    """
    configuration = prepared.configuration
    network = prepared.make_network()
    untouched = None
    if prepared.weights.suffix == ".tflite":
        untouched = untouched_scores(
            network, read_weights(prepared.weights), prepared.features.clean
        )
    tested = cross_validate(
        FineTuner(network, configuration),
        prepared.features,
        prepared.labels,
        prepared.sources,
        configuration,
        logs=logs,
    )
    evaluation = Evaluation(
        protocol=PROTOCOL.format(
            folds=configuration.folds, calibration_folds=configuration.calibration_folds
        ),
        command=command,
        clips=len(prepared.clips),
        sources=len(set(prepared.sources)),
        figures=all_figures(prepared.labels, tested.probabilities, prepared.sources),
        baselines=baseline_figures(
            prepared.waveforms, prepared.labels, prepared.sources, untouched
        ),
    )
    return EvaluationRecord(
        data_sha256=prepared.data_sha256,
        weights_sha256=prepared.weights_sha256,
        configuration=configuration.as_json(),
        evaluation=evaluation,
        calibration=fit_platt(tested.logits, prepared.labels),
        clips=_tested_clips(prepared, tested),
    )


def _tested_clips(prepared: Prepared, tested: OutOfFold) -> list[TestedClip]:
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
            prepared.clips, tested.folds, tested.logits, tested.probabilities, strict=True
        )
    ]
