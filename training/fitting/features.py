"""Waveforms → activations at the border of the frozen and the trained blocks, computed once.

The frozen blocks give the same activations in every epoch and in every fold, so a clip's clean
view and its augmented views pass them a single time. About 250 kB a view of five seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from shared.bundle import FrontEnd
from training.augmentation.recipe import Recipe
from training.front_end import waveform_to_patches
from worker.spectrogram import Patches, Waveform

# float16 (patches, height, width, channels). ReLU6 bounds them: half precision errs by 2e-3.
Activations = npt.NDArray[np.float16]
_CHUNK_CLIPS = 128


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
    waveforms: Sequence[Waveform],
    backgrounds: Sequence[Waveform],
    front_end: FrontEnd,
    *,
    recipe: Recipe,
    views: int,
    seed: int,
) -> Features:
    """Compute the clean view and `views` augmented views of each clip, with a progress bar.

    Args:
        frozen_blocks: the Keras submodel, (batch, 96, 64) to (batch, height, width, channels).
        waveforms: float32 (samples,) each, as decoded.
        backgrounds: noise for the recipe; may be empty.
        front_end: the bundle's parameters.
        recipe: of the augmented views.
        views: how many; 0 for none.
        seed: view v of clip c depends on (seed, v, c) alone.
    """

    def augmented(view: int) -> Callable[[int], Patches]:
        return lambda clip: recipe.view(
            waveforms[clip], backgrounds, front_end, np.random.default_rng([seed, view, clip])
        )

    with tqdm(total=(1 + views) * len(waveforms), desc="features", unit="view") as bar:
        clips = range(len(waveforms))
        clean = _activate(
            frozen_blocks, clips, lambda clip: waveform_to_patches(waveforms[clip], front_end), bar
        )
        return Features(
            clean, [_activate(frozen_blocks, clips, augmented(view), bar) for view in range(views)]
        )


def _activate(
    frozen_blocks: Any, clips: Sequence[int], make: Callable[[int], Patches], bar: Any
) -> list[Activations]:
    activations: list[Activations] = []
    for start in range(0, len(clips), _CHUNK_CLIPS):
        patches = [make(clip) for clip in clips[start : start + _CHUNK_CLIPS]]
        outputs = predict(frozen_blocks, np.concatenate(patches)).astype(np.float16)
        borders = np.cumsum([len(its) for its in patches])[:-1]
        activations.extend(np.split(outputs, borders))
        bar.update(len(patches))
    return activations


def predict(blocks: Any, inputs: npt.NDArray[np.float32]) -> Any:
    """Keras's `predict` in one call, silent: numpy in, numpy (or a dict of it) out."""
    return blocks.predict(inputs, batch_size=128, verbose=0)
