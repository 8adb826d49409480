"""Everything that the report says, as data: what `--json` writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from shared.bundle import DISCLAIMER, Evaluation, FrontEnd
from training.code_version import Code, code_version, software
from training.data.clip import DatasetError
from training.evaluation.breakdown import (
    Confusion,
    Group,
    SourceErrors,
    confusion,
    errors_by_source,
    groups_by_device,
    groups_by_duration,
    groups_by_fold,
)
from training.evaluation.comparison import (
    NETWORK,
    Contender,
    by_name,
    compare,
    second_opinion,
)
from training.evaluation.curves import (
    Curve,
    ReliabilityBin,
    precision_recall_curve,
    reliability_bins,
    risk_coverage_curve,
    roc_curve,
)
from training.evaluation.examined import Examined
from training.evaluation.label_noise import LabelNoise, estimate_label_noise
from training.evaluation.metrics import Labels, Scores
from training.evaluation.mistakes import Mistake, worst_mistakes
from training.evaluation.probes import Probes
from training.evaluation.record import EvaluationRecord
from training.evaluation.simple_models import simple_model_probabilities
from training.json_files import read_json

SHOWN_CURVES = ("network", "yamnet_untouched", "mfcc_statistics")


class Assessment(BaseModel):
    """What is known of a network, from its out-of-fold answers.

    Attributes:
        title: of the report.
        disclaimer, caveat: what a reader must know first.
        protocol, command: how the record was made.
        data_sha256: of the data that it was made on.
        clips, sources, sick, repeats: how many.
        threshold: sick from this probability.
        table: the network and what it must beat; see `compare`.
        roc, precision_recall: by contender.
        risk_coverage: the network's.
        reliability: the network's, in the bins of the calibration error.
        confusion, by_source, by_duration, by_device, by_fold: where the errors are.
        missed, false_alarms: the most confident wrong answers.
        label_noise: see `estimate_label_noise`.
        probes: see `run_probes`; None where no network was given.
        code, software: what computed this.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    disclaimer: str = DISCLAIMER
    caveat: str | None
    protocol: str
    command: str
    data_sha256: str
    clips: int
    sources: int
    sick: int
    repeats: int
    threshold: float
    table: list[Contender]
    roc: dict[str, Curve]
    precision_recall: dict[str, Curve]
    risk_coverage: Curve
    reliability: list[ReliabilityBin]
    confusion: Confusion
    by_source: list[SourceErrors]
    by_duration: list[Group]
    by_device: list[Group]
    by_fold: list[Group]
    missed: list[Mistake]
    false_alarms: list[Mistake]
    label_noise: LabelNoise
    probes: Probes | None
    code: Code
    software: dict[str, str]

    def put_into(self, evaluation: Evaluation) -> Evaluation:
        """A card's evaluation with the probes' figures and the ceilings that label noise sets.

        Raises:
            DatasetError: this is of another cross-validation, or has no probes of networks that
                had not seen the clips.
        """
        auc = by_name(self.table, NETWORK).figures["auc"].value
        if self.clips != evaluation.clips or auc != evaluation.figures["auc"].value:
            raise DatasetError("the report is of another cross-validation: evaluate again")
        if self.probes is None or not self.probes.unseen:
            raise DatasetError("the report has no probes of the folds' networks: --networks")
        noise = self.label_noise
        ceilings = {
            "label_noise": noise.noise,
            "accuracy_ceiling": noise.ceiling,
            "auc_ceiling": noise.auc_ceiling,
        }
        return evaluation.model_copy(
            update={"figures": evaluation.figures | ceilings, "probes": self.probes.figures}
        )


def read_assessment(path: Path) -> Assessment:
    """Read what `evaluate --json` wrote.

    Raises:
        DatasetError: the file is missing or is no such report.
    """
    return read_json(path, Assessment, "holds no figures of evaluate")


def assess(
    record: EvaluationRecord,
    examined: Examined,
    front_end: FrontEnd,
    *,
    untouched: Scores | None,
    probes: Probes | None,
    title: str,
    caveat: str | None,
    disclaimer: str = DISCLAIMER,
) -> Assessment:
    """Compute all figures from the record.

    Args:
        record: of the cross-validation.
        examined: the same, with the recordings.
        front_end: for the MFCC baseline.
        untouched: YAMNet's own score of each clip, (clips,), if there is one.
        probes: as run.
        title: of the report.
        caveat: what a reader must know before any figure.
        disclaimer: what the answers mean.
    """
    labels, sources = examined.labels, examined.sources
    simple = simple_model_probabilities(examined, front_end)
    answers = {"network": examined.answers, "mfcc_statistics": simple["mfcc_statistics"][None]}
    second = None
    if untouched is not None:
        answers["yamnet_untouched"] = untouched[None]
        second = second_opinion(examined, untouched)

    def curves(of: Callable[[Labels, Scores, Sequence[str]], Curve]) -> dict[str, Curve]:
        shown = [name for name in SHOWN_CURVES if name in answers]
        return {name: of(labels, answers[name], sources) for name in shown}

    return Assessment(
        title=title,
        disclaimer=disclaimer,
        caveat=caveat,
        protocol=record.evaluation.protocol,
        command=record.evaluation.command,
        data_sha256=record.data_sha256,
        clips=len(labels),
        sources=len(set(sources)),
        sick=int(labels.sum()),
        repeats=len(examined.answers),
        threshold=examined.threshold,
        table=compare(examined, simple, untouched),
        roc=curves(roc_curve),
        precision_recall=curves(precision_recall_curve),
        risk_coverage=risk_coverage_curve(labels, examined.answers, examined.threshold, sources),
        reliability=reliability_bins(labels, examined.answers, sources),
        confusion=confusion(examined),
        by_source=errors_by_source(examined),
        by_duration=groups_by_duration(examined),
        by_device=groups_by_device(examined),
        by_fold=groups_by_fold(examined),
        missed=worst_mistakes(examined, label=1),
        false_alarms=worst_mistakes(examined, label=0),
        label_noise=estimate_label_noise(examined, second),
        probes=probes,
        code=code_version(),
        software=software(),
    )
