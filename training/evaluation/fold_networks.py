"""The networks that the probes question: those of the folds, or a bundle's."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from shared.bundle import Calibration, FrontEnd, Network
from shared.errors import BundleError
from worker.model.bundle import load_bundle
from worker.model.network import LiteRtNetwork
from worker.model.pooling import attention_pool
from worker.spectrogram import Patches

Logits = npt.NDArray[np.float64]

CALIBRATION_FILE = "calibration.json"
FRONT_END_FILE = "front_end.json"
_LITERT_FILE = "network.tflite"


class FoldNetworks(Protocol):
    """Networks of a cross-validation, one a fold.

    Attributes:
        front_end: that makes their patches.
        unseen: whether fold k's network was trained without the clips of fold k. If not, only
            changes of its answers mean something, not whether they are right.
    """

    @property
    def front_end(self) -> FrontEnd: ...

    @property
    def unseen(self) -> bool: ...

    def logits(self, fold: int, clips: list[Patches], /) -> Logits:
        """Calibrated logits of whole clips: P(sick) is their sigmoid.

        Args:
            fold: of the clips, from 0.
            clips: float32 (patches, patch_frames, feature_width) each.

        Returns:
            float64 (clips,).
        """
        ...


class LiteRtFolds:
    """A folder of `fold<k>` (or `seed<s>-fold<k>`, one seed), k from 1.

    Each holds `network.tflite` and `calibration.json` {"scale", "offset"}; the folder may hold
    `front_end.json`.
    """

    unseen = True

    def __init__(self, folder: Path, folds: int, front_end: FrontEnd) -> None:
        """Load every network.

        Args:
            folder: as above.
            folds: how many there must be.
            front_end: where the folder has no file of its own.

        Raises:
            BundleError: a fold's folder or one of its files is missing or cannot be used.
        """
        self.front_end = _read_front_end(folder) or front_end
        self._folds = [_load(_folder_of(folder, fold)) for fold in range(1, folds + 1)]
        made = (self.front_end.patch_frames, self.front_end.feature_width)
        for network, _ in self._folds:
            if network.signature.patch_shape != made:
                raise BundleError(
                    f"a network in {folder.name} takes patches of {network.signature.patch_shape}, "
                    f"its front end makes {made}"
                )

    def logits(self, fold: int, clips: list[Patches], /) -> Logits:
        """See `FoldNetworks`."""
        network, calibration = self._folds[fold]
        outputs = [network(patches) for patches in clips]
        raw = np.array([attention_pool(its.logits, its.attention) for its in outputs])
        return np.asarray(calibration.scale * raw + calibration.offset)

    def greatest_logits(self, fold: int, clips: list[Patches]) -> Logits:
        """The greatest raw logit over the patches of each clip; arguments as of `logits`."""
        network, _ = self._folds[fold]
        return np.array([float(network(patches).logits.max()) for patches in clips])

    def calibration(self, fold: int) -> Calibration:
        """Of a fold's pooled logits."""
        return self._folds[fold][1]


class ShippedNetwork:
    """A bundle's network in every fold's place. It was trained on the clips that it is asked."""

    unseen = False

    def __init__(self, folder: Path) -> None:
        """Load the bundle.

        Raises:
            BundleError: it cannot be used.
        """
        self._bundle = load_bundle(folder)

    @property
    def front_end(self) -> FrontEnd:
        """The card's."""
        return self._bundle.card.front_end

    def logits(self, _fold: int, clips: list[Patches], /) -> Logits:
        """See `FoldNetworks`; the fold makes no difference."""
        calibration = self._bundle.card.calibration
        raw = np.array([self._bundle.clip_logit(patches) for patches in clips])
        return np.asarray(calibration.scale * raw + calibration.offset)


def _folder_of(folder: Path, fold: int) -> Path:
    found = [*folder.glob(f"fold{fold}"), *folder.glob(f"seed*-fold{fold}")]
    if len(found) != 1:
        raise BundleError(
            f"{folder.name} holds {len(found)} networks of fold {fold}: there must be one, in "
            f"fold{fold} or seed<s>-fold{fold}"
        )
    return found[0]


def _load(folder: Path) -> tuple[LiteRtNetwork, Calibration]:
    from ai_edge_litert.interpreter import Interpreter

    try:
        calibration = Calibration.model_validate_json((folder / CALIBRATION_FILE).read_bytes())
        interpreter = Interpreter(model_path=str(folder / _LITERT_FILE))  # its runner borrows it
        details = interpreter.get_signature_runner().get_input_details()
        batch = int(details["patches"]["shape"][0])
    except OSError as error:
        raise BundleError(f"{folder.name} lacks {CALIBRATION_FILE}: {error.strerror}") from error
    except ValidationError as error:
        raise BundleError(f"{folder.name}/{CALIBRATION_FILE} is no calibration: {error}") from error
    except (ValueError, RuntimeError, KeyError) as error:
        raise BundleError(f"{folder.name}/{_LITERT_FILE} cannot be used: {error}") from error
    # The count of parameters plays no part in running it.
    described = Network(litert=_LITERT_FILE, batch=batch, quantisation="float32", parameters=1)
    return LiteRtNetwork(folder, described), calibration


def _read_front_end(folder: Path) -> FrontEnd | None:
    path = folder / FRONT_END_FILE
    if not path.is_file():
        return None
    try:
        return FrontEnd.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BundleError(f"{folder.name}/{FRONT_END_FILE} is no front end: {error}") from error
