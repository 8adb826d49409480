"""The exported network on LiteRT, TensorFlow's inference runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from shared.bundle import Network
from shared.errors import BundleError
from worker.model.outputs import Floats, PatchOutputs
from worker.model.signature import Signature


class LiteRtNetwork:
    """A network with a fixed batch, run on one thread. Make it after the pool has forked."""

    def __init__(self, folder: Path, network: Network) -> None:
        """Load the network.

        Raises:
            BundleError: LiteRT cannot load it, or its input and outputs are not the card's.
        """
        try:
            # Referenced for life: the signature runner only borrows it.
            self._interpreter = Interpreter(model_path=str(folder / network.litert), num_threads=1)
            self._run = self._interpreter.get_signature_runner("serving_default")
        except (ValueError, RuntimeError, OSError) as error:
            raise BundleError(f"LiteRT cannot load {network.litert}: {error}") from error
        self._batch = network.batch
        self.signature = Signature(network, self._run)

    def __call__(self, patches: Floats) -> PatchOutputs:
        """Run the network over a clip's patches, padding the last batch.

        Args:
            patches: float32 (patches, patch_frames, feature_width), at least one.
        """
        count = len(patches)
        padding = -count % self._batch
        if padding:
            patches = np.concatenate([patches, np.repeat(patches[-1:], padding, axis=0)])
        batches = [
            self._run(patches=patches[start : start + self._batch])
            for start in range(0, len(patches), self._batch)
        ]
        outputs = {
            name: np.concatenate([batch[name] for batch in batches])[:count]
            for name in self.signature.outputs
        }
        return PatchOutputs(
            logits=outputs["logit"],
            attention=outputs["attention"],
            evidence=outputs.get("evidence"),
            event=outputs.get("event"),
        )
