"""One split into training, validation and testing that keeps every source whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.data.clip import DatasetError

TRAINING, VALIDATION, TESTING = "training", "validation", "testing"
_Counts = npt.NDArray[np.float64]


def split_by_source(
    labels: Sequence[int],
    sources: Sequence[str],
    *,
    testing: float,
    validation: float,
    seed: int,
) -> list[str]:
    """Give each clip a side, the same to all clips of a source, near the shares asked for.

    scikit-learn can shuffle groups or stratify them into equal folds, but not split them into
    unequal stratified parts. Here each side first gets one source of each label (the smallest
    there are); the others, in seeded order, go where the shares of both labels then miss the
    target least (least squares).

    Args:
        labels: 0 or 1 for each clip.
        sources: the source of each clip.
        testing: share of the clips to test on, 0 to 1; at 0 the side is not used.
        validation: share of the clips to validate on, 0 to 1; at 0 the side is not used.
        seed: of the order; the same seed gives the same split.

    Returns:
        "training", "validation" or "testing" for each clip. Every side used has both labels.

    Raises:
        DatasetError: a share is negative, they leave nothing to train on, or a class has fewer
            sources than there are sides.
    """
    if not (testing >= 0 and validation >= 0 and testing + validation < 1):
        raise DatasetError(
            f"shares of {testing:g} for testing and {validation:g} for validation leave nothing "
            "to train on"
        )
    shares = {TESTING: testing, VALIDATION: validation, TRAINING: 1.0 - testing - validation}
    shares = {side: share for side, share in shares.items() if share > 0}
    counts = _count_by_source(labels, sources)
    for label in (0, 1):
        having = sum(its[label] > 0 for its in counts.values())
        if having < len(shares):
            raise DatasetError(
                f"a class has {having} sources: too few for {', '.join(reversed(shares))}"
            )
    order = sorted(counts)
    np.random.default_rng(seed).shuffle(order)
    given = _give_each_side_both_labels(counts, order, list(shares))
    _fill(given, counts, order, shares)
    return [given[source] for source in sources]


def _count_by_source(labels: Sequence[int], sources: Sequence[str]) -> dict[str, _Counts]:
    counts: dict[str, _Counts] = defaultdict(lambda: np.zeros(2))
    for label, source in zip(labels, sources, strict=True):
        counts[source][label] += 1
    return counts


def _give_each_side_both_labels(
    counts: dict[str, _Counts], order: list[str], sides: list[str]
) -> dict[str, str]:
    """One source of each label to each side; there are enough, so that none is left without."""
    given: dict[str, str] = {}
    for label in (0, 1):
        by_size = sorted(
            (its for its in order if counts[its][label]), key=lambda s: counts[s].sum()
        )
        free = iter([its for its in by_size if its not in given])
        having = {side for source, side in given.items() if counts[source][label]}
        for side in sides:
            if side not in having:
                given[next(free)] = side
    return given


def _fill(
    given: dict[str, str],
    counts: dict[str, _Counts],
    order: list[str],
    shares: dict[str, float],
) -> None:
    total = sum(counts.values(), np.zeros(2))
    excess = {side: -share * total for side, share in shares.items()}
    for source, side in given.items():
        excess[side] += counts[source]
    for source in order:
        if source not in given:
            its = counts[source]
            growth = {
                side: float((its * (its + 2 * by) / total**2).sum()) for side, by in excess.items()
            }
            side = min(growth, key=growth.__getitem__)
            given[source] = side
            excess[side] += its
