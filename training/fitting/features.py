"""Cached views → activations at the border of the frozen and the trained blocks.

The frozen blocks give the same activations in every epoch and in every fold, so each view passes
them a single time a run. About 250 kB a view of five seconds, half of it for augmented views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from shared.bundle import FrontEnd
from training.fitting.views import Views
from worker.features import Features as Frames
from worker.features import cut_patches
from worker.spectrogram import Patches

# float16 (patches, height, width, channels). ReLU6 bounds them: half precision errs by 2e-3.
Activations = npt.NDArray[np.float16]
_CHUNK_CLIPS = 128
_BATCH = 128


@dataclass(frozen=True)
class Features:
    """Activations of every clip.

    Attributes:
        clean: as the worker would see each clip.
        views: augmented; `views[v][c]` is view v of clip c.
    """

    clean: list[Activations]
    views: list[list[Activations]]


def compute_features(
    frozen_blocks: Any,
    cached: Views,
    front_end: FrontEnd,
    *,
    views: int,
    train_patch_hop: int,
    seed: int,
) -> Features:
    """Pass the clean view and `views` augmented views of each clip, with a progress bar.

    Args:
        frozen_blocks: the Keras submodel, (batch, patch_frames, feature_width) to (batch, height,
            width, channels).
        cached: the clips' views; what is missing is computed first.
        front_end: the bundle's parameters; the clean view is cut by them, as the worker cuts.
        views: how many augmented ones; 0 for none.
        train_patch_hop: frames from one patch of an augmented view to the next.
        seed: of where the patches of an augmented view begin.

    Raises:
        DatasetError: a recording cannot be decoded.
        CannotWriteError: the cache cannot be written.
    """
    cached.complete(views)
    training_cut = front_end.model_copy(update={"patch_hop_frames": train_patch_hop})

    def cut_anywhere(view: int) -> Callable[[int, Frames], Patches]:
        def cut(clip: int, frames: Frames) -> Patches:
            # A coarse grid, begun anywhere; the clip goes round, so that nothing falls off.
            rng = np.random.default_rng([seed, view, clip])
            turned = np.roll(frames, -int(rng.integers(train_patch_hop)), axis=0)
            return cut_patches(turned.astype(np.float32), training_cut)

        return cut

    total = (1 + views) * len(cached.paths)
    with tqdm(total=total, desc="frozen blocks", unit="view", disable=None, leave=False) as bar:
        return Features(
            _activate(
                frozen_blocks, cached.load(None), lambda _, its: cut_patches(its, front_end), bar
            ),
            [
                _activate(frozen_blocks, cached.load(view), cut_anywhere(view), bar)
                for view in range(views)
            ],
        )


def _activate(
    frozen_blocks: Any, clips: Sequence[Frames], cut: Callable[[int, Frames], Patches], bar: Any
) -> list[Activations]:
    activations: list[Activations] = []
    for start in range(0, len(clips), _CHUNK_CLIPS):
        chunk = clips[start : start + _CHUNK_CLIPS]
        patches = [cut(start + offset, frames) for offset, frames in enumerate(chunk)]
        outputs = predict(frozen_blocks, np.concatenate(patches)).astype(np.float16)
        borders = np.cumsum([len(its) for its in patches])[:-1]
        activations.extend(np.split(outputs, borders))
        bar.update(len(patches))
    return activations


def predict(blocks: Any, inputs: npt.NDArray[np.float32]) -> Any:
    """Keras's `predict` in one call, silent: numpy in, numpy (or a dict of it) out."""
    # Keras traces its function anew, and warns, for every size of the last batch: few sizes.
    rest = len(inputs) % _BATCH
    missing = (1 << (rest - 1).bit_length()) - rest if rest else 0
    padded = np.pad(inputs, [(0, missing), *[(0, 0)] * (inputs.ndim - 1)])
    outputs = blocks.predict(padded, batch_size=_BATCH, verbose=0)
    if isinstance(outputs, dict):
        return {name: its[: len(inputs)] for name, its in outputs.items()}
    return outputs[: len(inputs)]
