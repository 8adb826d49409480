"""The state of a fit under way, kept after each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.fitting.array_file import load_arrays, save_arrays

Values = list[npt.NDArray[Any]]


class Checkpoint:
    """One file, replaced whole.

    Attributes:
        path: the file, `.npz`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, epochs: int, values: Sequence[npt.NDArray[Any]]) -> None:
        """Keep the state after so many epochs.

        Args:
            epochs: how many are done.
            values: of every variable, the optimiser's and the random generators' included.

        Raises:
            CannotWriteError: the disk is full, say; the last checkpoint stays.
        """
        arrays = {f"variable{number}": value for number, value in enumerate(values)}
        save_arrays(self.path, {"epochs": np.array(epochs), **arrays})

    def load(self, like: Sequence[npt.NDArray[Any]]) -> tuple[int, Values] | None:
        """What was saved: epochs done, and the variables' values.

        Args:
            like: arrays of the shapes and types to expect.

        Returns:
            None if there is no checkpoint, or it is damaged or another network's.
        """
        arrays = load_arrays(self.path)
        names = [f"variable{number}" for number in range(len(like))]
        if arrays is None or arrays.keys() != {"epochs", *names}:
            return None
        values = [arrays[name] for name in names]
        if any((a.shape, a.dtype) != (b.shape, b.dtype) for a, b in zip(values, like, strict=True)):
            return None
        return int(arrays["epochs"]), values

    def remove(self) -> None:
        """Forget it: the fit is done and what it gave is kept."""
        self.path.unlink(missing_ok=True)
