"""A loaded model bundle: its card, its files checked, its network ready."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.bundle import Card, read_card, verify_files
from shared.errors import ModelUnavailableError
from shared.job import ModelReference
from worker.model.network import LiteRtNetwork
from worker.model.pooling import attention_pool


class Bundle:
    """A network that may be trusted to be the one its card describes."""

    def __init__(self, card: Card, network: LiteRtNetwork) -> None:
        self.card = card
        self._network = network

    def clip_logit(self, patches: npt.NDArray[np.float32]) -> float:
        """The logit of being sick of a whole clip.

        Args:
            patches: float32 (patches, patch_frames, mel_bands), at least one.
        """
        return attention_pool(*self._network(patches))


def load_bundle(folder: Path) -> Bundle:
    """Load the bundle in `folder`.

    Raises:
        BundleError: its card or its network cannot be used, or a file is not the card's.
    """
    card = read_card(folder)
    verify_files(folder, card)
    return Bundle(card, LiteRtNetwork(folder, card.network))


@lru_cache(maxsize=4)
def bundle_for(models_dir: Path, model: ModelReference) -> Bundle:
    """The bundle of a job's model, loaded once per process.

    Raises:
        ModelUnavailableError: it is not under `models_dir`.
        BundleError: it is, but cannot be used.
    """
    folder = models_dir / model.name / model.version
    if not folder.is_dir():
        raise ModelUnavailableError(f"This worker has no model {model}")
    return load_bundle(folder)
