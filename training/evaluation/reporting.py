"""From a record and the data that it is of to the report: everything checked, then measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from shared.bundle import DISCLAIMER, read_card
from shared.errors import BundleError
from training.bundles.about import read_about
from training.data.dataset import DatasetError, read_dataset
from training.data.noise import find_backgrounds
from training.data.recordings import read_recordings, read_waveforms
from training.evaluation.assessment import Assessment, assess
from training.evaluation.baselines import untouched_opinion
from training.evaluation.examined import Examined, check_is_of, examine_record
from training.evaluation.fold_networks import FoldNetworks, LiteRtFolds, ShippedNetwork
from training.evaluation.metrics import Labels
from training.evaluation.perturbations import perturbations
from training.evaluation.probes import Probes, probability_by, run_probes
from training.evaluation.record import read_record
from training.evaluation.report import media_of, render
from training.front_end import YAMNET_FRONT_END

_THRESHOLD = 0.5


@dataclass(frozen=True)
class ReportInputs:
    """What a report is made from.

    Attributes:
        record: of a cross-validation.
        data, source_column, noise: that the record is of.
        weights: YAMNet's published file, as baseline and second listener.
        about: TOML with the data's caveat and disclaimer.
        networks: folder with the folds' networks; see `LiteRtFolds`.
        bundle: folder of a bundle, whose network has seen the clips. At most one of the two.
        probed_clips: probe only so many.
        seed: of the draws of clips and noise.
    """

    record: Path
    data: Path
    source_column: str = "source_id"
    noise: Sequence[Path] = field(default_factory=list)
    weights: Path | None = None
    about: Path | None = None
    networks: Path | None = None
    bundle: Path | None = None
    probed_clips: int | None = None
    seed: int = 0


def make_report(given: ReportInputs) -> tuple[Assessment, str]:
    """Measure everything, and write the page.

    Returns:
        The figures, and the report as HTML.

    Raises:
        DatasetError: the record is not of these data, or the networks not of this record.
        BundleError: a network cannot be used.
    """
    if given.probed_clips is not None and given.probed_clips < 2:
        raise DatasetError("at least two clips must be probed, one of each label")
    record = read_record(given.record)
    about = read_about(given.about) if given.about else None
    card = read_card(given.bundle) if given.bundle else None
    if given.weights and not given.weights.is_file():
        raise BundleError(f"there is no file {given.weights}")
    networks = _networks(given, folds=1 + max((its.fold for its in record.clips), default=0))
    clips = read_dataset(given.data, source_column=given.source_column)
    backgrounds = [path for folder in given.noise for path in find_backgrounds(folder)]
    check_is_of(record, clips, backgrounds)

    recordings = read_recordings([clip.path for clip in clips], YAMNET_FRONT_END.sample_rate)
    threshold = card.threshold if card else _THRESHOLD
    examined = examine_record(record, clips, recordings, threshold)
    untouched = untouched_opinion(given.weights, examined.waveforms) if given.weights else None
    probes = _probe(given, examined, networks, backgrounds) if networks else None
    words = about or card
    assessment = assess(
        record,
        examined,
        YAMNET_FRONT_END,
        untouched=untouched,
        probes=probes,
        title=card.reference if card else f"{given.data.stem}, cross-validated",
        caveat=words.caveat if words else None,
        disclaimer=words.disclaimer if words else DISCLAIMER,
    )
    return assessment, render(assessment, media_of(assessment, examined, YAMNET_FRONT_END))


def _networks(given: ReportInputs, folds: int) -> FoldNetworks | None:
    if given.networks:
        return LiteRtFolds(given.networks, folds, YAMNET_FRONT_END)
    return ShippedNetwork(given.bundle) if given.bundle else None


def _probe(
    given: ReportInputs, examined: Examined, networks: FoldNetworks, backgrounds: Sequence[Path]
) -> Probes:
    rate = networks.front_end.sample_rate
    if rate != YAMNET_FRONT_END.sample_rate:
        paths = [clip.path for clip in examined.clips]
        examined = replace(examined, recordings=read_recordings(paths, rate))
    changes = perturbations(networks.front_end, read_waveforms(backgrounds, rate), seed=given.seed)
    return run_probes(
        examined,
        probability_by(networks, examined.folds),
        changes,
        draw_clips(examined.labels, given.probed_clips, given.seed),
        unseen=networks.unseen,
    )


def draw_clips(labels: Labels, count: int | None, seed: int) -> list[int]:
    """Numbers of at most `count` clips, in order, both labels in the proportion that they have.

    Args:
        labels: (clips,), 0 or 1.
        count: at least 2; None: all.
        seed: of the draw.
    """
    if count is None or count >= len(labels):
        return list(range(len(labels)))
    rng = np.random.default_rng(seed)
    sick, well = (rng.permutation(np.flatnonzero(labels == label)) for label in (1, 0))
    of_sick = min(max(1, round(count * len(sick) / len(labels))), count - 1)
    return sorted(int(its) for its in [*sick[:of_sick], *well[: count - of_sick]])
