"""The exported network on LiteRT, TensorFlow's inference runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from shared.bundle import Network
from shared.errors import BundleError


class LiteRtNetwork:
    """A network with a fixed batch, run on one thread. Make it after the pool has forked."""

    def __init__(self, folder: Path, network: Network) -> None:
        try:
            # Referenced for life: the signature runner only borrows it.
            self._interpreter = Interpreter(model_path=str(folder / network.litert), num_threads=1)
            self._run = self._interpreter.get_signature_runner("serving_default")
        except (ValueError, RuntimeError, OSError) as error:
            raise BundleError(f"LiteRT cannot load {network.litert}: {error}") from error
        self._batch = network.batch

    def __call__(
        self, patches: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Run the network over a clip's patches, padding the last batch.

        Args:
            patches: float32 (patches, patch_frames, mel_bands), at least one.

        Returns:
            Logits and unnormalised attention scores, both float32 (patches,).
        """
        count = len(patches)
        padding = -count % self._batch
        if padding:
            patches = np.concatenate([patches, np.repeat(patches[-1:], padding, axis=0)])
        outputs = [
            self._run(patches=patches[start : start + self._batch])
            for start in range(0, len(patches), self._batch)
        ]
        logits = np.concatenate([output["logit"].reshape(-1) for output in outputs])
        attention = np.concatenate([output["attention"].reshape(-1) for output in outputs])
        return logits[:count], attention[:count]
