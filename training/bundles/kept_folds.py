"""The networks of a cross-validation's folds, on LiteRT: none has seen the clips of its fold.

    DIR/front_end.json            that makes their patches
DIR/fold1/network.tflite      takes and gives what a bundle's network does
DIR/fold1/calibration.json    {"scale": ..., "offset": ...}
DIR/fold1/origin.txt          the run that made it
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.bundle import Calibration, FrontEnd
from training.atomic_files import write_whole
from training.bundles.conversion import convert, litert_batch


class KeptFolds:
    """A folder of them; folds count from 0 here and from 1 in the names.

    Args:
        folder: is made.
        origin: names the run, so that another run's networks are not taken for its own.
        front_end: that the networks expect.
    """

    def __init__(self, folder: Path, origin: str, front_end: FrontEnd) -> None:
        self._folder = folder
        self._origin = origin
        self._front_end = front_end

    def has(self, fold: int) -> bool:
        """Whether this run's network of a fold is there."""
        try:
            origin = (self._of(fold) / "origin.txt").read_text(encoding="utf-8")
        except OSError:
            return False
        return origin.strip() == self._origin and (self._of(fold) / "network.tflite").is_file()

    def keep(self, fold: int, network: Any) -> None:
        """Export the Keras network of a fold.

        Raises:
            CannotWriteError: the disk is full, say.
        """
        write_whole(self._of(fold) / "network.tflite", convert(network, litert_batch(network)))
        write_whole(self._of(fold) / "origin.txt", f"{self._origin}\n")

    def calibrate(self, fold: int, calibration: Calibration) -> None:
        """Write the calibration of a fold."""
        write_whole(self._folder / "front_end.json", self._front_end.model_dump_json() + "\n")
        write_whole(self._of(fold) / "calibration.json", calibration.model_dump_json() + "\n")

    def _of(self, fold: int) -> Path:
        return self._folder / f"fold{fold + 1}"
