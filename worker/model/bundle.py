"""A loaded model bundle: its card, its files checked, its network ready."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from shared.bundle import Card, read_card, verify_files
from shared.errors import BundleError, ModelUnavailableError
from shared.job import ModelReference
from worker.model.network import LiteRtNetwork
from worker.model.outputs import Floats, PatchOutputs
from worker.model.pooling import attention_pool
from worker.model.signature import Signature


class Bundle:
    """A network that may be trusted to be the one its card describes."""

    def __init__(self, card: Card, network: LiteRtNetwork) -> None:
        self.card = card
        self._network = network

    def patch_outputs(self, patches: Floats) -> PatchOutputs:
        """What the network says of each patch.

        Args:
            patches: float32 (patches, patch_frames, feature_width), at least one.
        """
        return self._network(patches)

    def clip_logit(self, patches: Floats) -> float:
        """The logit of being sick of a whole clip, of the same patches."""
        outputs = self._network(patches)
        return attention_pool(outputs.logits, outputs.attention)


def load_bundle(folder: Path) -> Bundle:
    """Load the bundle in `folder`.

    Raises:
        BundleError: its card or its network cannot be used, the two do not fit together, or a
            file is not the card's.
    """
    card = read_card(folder)
    verify_files(folder, card)
    network = LiteRtNetwork(folder, card.network)
    _check_fit(card, network.signature)
    return Bundle(card, network)


def _check_fit(card: Card, signature: Signature) -> None:
    made = (card.front_end.patch_frames, card.front_end.feature_width)
    if signature.patch_shape != made:
        raise BundleError(
            f"the network of {card.reference} takes patches of {signature.patch_shape}, "
            f"its front end makes {made}"
        )
    if card.doubts and card.doubts.event and "event" not in signature.outputs:
        raise BundleError(f"the network of {card.reference} has no output 'event' for its doubts")


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
