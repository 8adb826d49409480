"""Where network and label disagree, what a second listener says, and how noisy the labels may be.

The estimate is that of confident learning (Northcutt, Jiang and Chuang 2021): a clip counts as
mislabelled when its out-of-fold probability of the other class is at least the mean probability
that this class's own clips have. The network's own confident errors count as label noise too, so
the estimate is an upper guess; the second listener's view of the same clips bounds it from below.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from shared.bundle import Figure
from training.evaluation.bootstrap import percentile_figure, source_weights
from training.evaluation.examined import Examined
from training.evaluation.metrics import Labels, Scores

Flags = npt.NDArray[np.bool_]


class Disagreement(BaseModel):
    """A clip of whose label the network is confidently of another opinion.

    Attributes:
        index: of the clip in the table.
        file, source, label: the clip; label 1 is sick.
        probability: the network's P(sick), out of fold.
        second: the second listener's P(sick), calibrated out of fold.
        sides_with_network: whether the second listener decides as the network does.
    """

    model_config = ConfigDict(frozen=True)

    index: int
    file: str
    source: str
    label: int
    probability: float
    second: float | None
    sides_with_network: bool | None


class LabelNoise(BaseModel):
    """How many labels may be wrong.

    Attributes:
        noise: share of wrong labels, by confident learning on the network's probabilities.
        ceiling: 1 - noise: what a listener who is never wrong would score on these labels.
        auc_ceiling: the AUC of such a listener's plain yes and no on these labels, which is the
            mean of the shares of right labels in the two classes.
        second_noise: the same estimate from the second listener alone.
        both_noise: share of clips whose label both contradict.
        both_ceiling: 1 - both_noise.
        sides_with_network: of the disagreements, the share in which the second listener decides
            as the network.
        agrees_elsewhere: on all other clips, the share in which the second listener decides as
            the label says: what its word is worth.
        disagreements: the most confident first.
    """

    model_config = ConfigDict(frozen=True)

    noise: Figure
    ceiling: Figure
    auc_ceiling: Figure
    second_noise: Figure | None
    both_noise: Figure | None
    both_ceiling: Figure | None
    sides_with_network: Figure | None
    agrees_elsewhere: Figure | None
    disagreements: list[Disagreement]


def estimate_label_noise(examined: Examined, second: Scores | None) -> LabelNoise:
    """Estimate how many labels are wrong, with 95 % intervals over sources.

    Args:
        examined: the network's out-of-fold answers.
        second: P(sick) by an independent network, (clips,), out of fold; None where there is none.
    """
    labels, probabilities, sources = examined.labels, examined.probabilities, examined.sources
    suspected = confident_disagreements(labels, probabilities)
    noise = noise_share(labels, probabilities, sources)
    second_noise = both = sides = elsewhere = None
    if second is not None:
        with_label = (second >= 0.5) == (labels > 0)
        second_noise = noise_share(labels, second, sources)
        both = _share(suspected & ~with_label, np.ones(len(labels), dtype=bool), sources)
        sides = _share(~with_label, suspected, sources)
        elsewhere = _share(with_label, ~suspected, sources)
    order = np.argsort(-np.abs(probabilities - labels), kind="stable")
    return LabelNoise(
        noise=noise,
        ceiling=_remainder(noise),
        auc_ceiling=auc_ceiling(labels, probabilities, sources),
        second_noise=second_noise,
        both_noise=both,
        both_ceiling=_remainder(both) if both else None,
        sides_with_network=sides,
        agrees_elsewhere=elsewhere,
        disagreements=[
            _disagreement(examined, int(clip), second) for clip in order if suspected[clip]
        ],
    )


def confident_disagreements(labels: Labels, probabilities: Scores) -> Flags:
    """Which clips confident learning counts under the other class, (clips,)."""
    ones = np.ones((1, len(labels)))
    return np.asarray(_suspected(labels, probabilities, ones)[0])


def noise_share(labels: Labels, probabilities: Scores, sources: Sequence[str]) -> Figure:
    """The estimated share of wrong labels.

    The confident joint is scaled so that each label keeps its count (Northcutt et al., eq. 3).

    Args:
        labels: (clips,), 0 or 1; both must occur.
        probabilities: P(sick), (clips,), out of fold.
        sources: of each clip.
    """

    def share(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        counts = np.stack([weights @ (labels > 0), weights @ (labels == 0)])
        noise = _noise_by_label(labels, probabilities, weights)
        return np.asarray((counts * noise).sum(axis=0) / weights.sum(axis=1))

    value = share(np.ones((1, len(labels))))[0]
    return percentile_figure(float(value), share(source_weights(sources)))


def auc_ceiling(labels: Labels, probabilities: Scores, sources: Sequence[str]) -> Figure:
    """The AUC on these labels of a listener who is never wrong and says yes or no.

    That is the mean of his sensitivity and his specificity. Arguments as of `noise_share`.
    """

    def ceiling(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(1 - _noise_by_label(labels, probabilities, weights).mean(axis=0))

    value = ceiling(np.ones((1, len(labels))))[0]
    return percentile_figure(float(value), ceiling(source_weights(sources)))


def _thresholds(
    labels: Labels, probabilities: Scores, weights: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean self-confidence of the sick and of the others, (draws, 1) each."""
    sick = labels > 0
    with np.errstate(invalid="ignore"):
        of_sick = weights[:, sick] @ probabilities[sick] / weights[:, sick].sum(axis=1)
        of_well = weights[:, ~sick] @ (1 - probabilities[~sick]) / weights[:, ~sick].sum(axis=1)
    return of_sick[:, None], of_well[:, None]


def _confident(
    labels: Labels, probabilities: Scores, weights: npt.NDArray[np.float64]
) -> tuple[Flags, Flags]:
    """Which clips are confidently sick, and which confidently not, (draws, clips) each."""
    of_sick, of_well = _thresholds(labels, probabilities, weights)
    sick, well = probabilities >= of_sick, 1 - probabilities >= of_well
    # Where both thresholds are met, the likelier class counts.
    return sick & ~(well & (probabilities < 0.5)), well & ~(sick & (probabilities >= 0.5))


def _suspected(
    labels: Labels, probabilities: Scores, weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    sick, well = _confident(labels, probabilities, weights)
    return np.where(labels > 0, well, sick)


def _noise_by_label(
    labels: Labels, probabilities: Scores, weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Share of wrong labels among those of the sick, and among the others: (2, draws)."""
    called_sick, called_well = _confident(labels, probabilities, weights)
    shares = []
    for given, other, own in (
        (labels > 0, called_well, called_sick),
        (labels == 0, called_sick, called_well),
    ):
        held = weights * given
        against, counted = (held * other).sum(axis=1), (held * (other | own)).sum(axis=1)
        shares.append(against / np.maximum(counted, 1e-12))
    return np.stack(shares)


def _share(which: Flags, among: Flags, sources: Sequence[str]) -> Figure | None:
    if not among.any():
        return None
    weights = source_weights(sources)[:, among]
    with np.errstate(invalid="ignore"):
        draws = weights @ which[among] / weights.sum(axis=1)
    return percentile_figure(float(which[among].mean()), draws)


def _remainder(share: Figure) -> Figure:
    return Figure(value=1 - share.value, low=1 - share.high, high=1 - share.low)


def _disagreement(examined: Examined, clip: int, second: Scores | None) -> Disagreement:
    its, probability = examined.clips[clip], float(examined.probabilities[clip])
    heard = None if second is None else float(second[clip])
    return Disagreement(
        index=clip,
        file=its.path.name,
        source=its.source,
        label=its.label,
        probability=probability,
        second=heard,
        sides_with_network=None if heard is None else (heard >= 0.5) == (its.label == 0),
    )
