"""Splits of a data set that never put one source on two sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from training.data.clip import DatasetError
from training.data.partition import split_by_source

__all__ = ["folds_by_source", "split_by_source"]

Indices = npt.NDArray[np.intp]


def folds_by_source(
    labels: Sequence[int], sources: Sequence[str], folds: int, seed: int
) -> Iterator[tuple[Indices, Indices]]:
    """Cross-validation folds, grouped by source and stratified by label.

    Args:
        labels: 0 or 1 for each clip.
        sources: the source of each clip.
        folds: at least 2.
        seed: of the shuffle.

    Yields:
        Indices of the training and of the test clips; each clip is tested exactly once.

    Raises:
        DatasetError: a class has fewer sources than there are folds.
    """
    for label in (0, 1):
        count = len({s for s, its in zip(sources, labels, strict=True) if its == label})
        if count < folds:
            raise DatasetError(f"a class has {count} sources: too few for {folds} folds")
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    rows = np.zeros((len(labels), 1))
    yield from splitter.split(rows, np.asarray(labels), np.asarray(sources))
