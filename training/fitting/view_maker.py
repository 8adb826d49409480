"""One recording → the features of its clean view or of an augmented one, before patches are cut."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

import training
import worker
from shared.bundle import FrontEnd
from training.augmentation.recipe import Recipe
from training.evaluation.record import file_sha256
from training.fitting.feature_cache import key_of
from worker.audio.level import normalise_level
from worker.features import Features, compute_features
from worker.spectrogram import Waveform

# What decides a view's values besides the recording and the parameters.
_PACKAGES = ("av", "librosa", "numpy", "soundfile", "soxr")
_WORKER = Path(worker.__file__).parent
_TRAINING = Path(training.__file__).parent


@dataclass(frozen=True)
class ViewMaker:
    """Makes views, and names them for the cache.

    Attributes:
        front_end: the bundle's parameters.
        recipe: of the augmented views.
        backgrounds: recordings that the recipe mixes under a clip.
        backgrounds_sha256: of their contents.
        seed: view v of a recording depends on (seed, v, the recording's bytes) alone.
    """

    front_end: FrontEnd
    recipe: Recipe
    backgrounds: tuple[Path, ...]
    backgrounds_sha256: str
    seed: int

    @cached_property
    def _of_clean_views(self) -> str:
        """Hash of what decides all clean views."""
        # Cutting comes after: other patches are cut from the same features.
        front_end = self.front_end.model_dump(exclude={"patch_frames", "patch_hop_frames"})
        packages = {name: version(name) for name in _PACKAGES}
        return key_of([front_end, _code_sha256(), packages])

    @cached_property
    def _of_augmented_views(self) -> str:
        """Hash of what decides all augmented views."""
        recipe = TypeAdapter(Recipe).dump_python(self.recipe, mode="json")
        return key_of([self._of_clean_views, recipe, self.backgrounds_sha256, self.seed])

    def key(self, content: str, view: int | None) -> str:
        """Under which a view is cached.

        Args:
            content: SHA-256 of the recording.
            view: number of the augmented view; None is the clean one.
        """
        if view is None:
            return key_of([self._of_clean_views, content])
        return key_of([self._of_augmented_views, content, view])

    def make(
        self, waveform: Waveform, content: str, view: int | None, backgrounds: Sequence[Waveform]
    ) -> Any:
        """Compute one view.

        Args:
            waveform: float32 (samples,), as decoded.
            content: SHA-256 of the recording.
            view: number of the augmented view; None is the clean one.
            backgrounds: `self.backgrounds`, decoded.

        Returns:
            (frames, feature_width): float32 for the clean view, which figures are made from;
            float16 for the others, which errs by at most 0.004 in a log-mel value.
        """
        if view is None:
            levelled = normalise_level(waveform, self.front_end.level)
            return compute_features(levelled, self.front_end)
        rng = np.random.default_rng([self.seed, view, int(content[:16], 16)])
        features: Features = self.recipe.features(waveform, backgrounds, self.front_end, rng)
        return features.astype(np.float16)


@cache
def _code_sha256() -> str:
    """SHA-256 of the sources that views are computed by: changed code never meets old features."""
    files = [
        *sorted((_WORKER / "audio").rglob("*.py")),
        _WORKER / "features.py",
        _WORKER / "spectrogram.py",
        *sorted((_TRAINING / "augmentation").glob("*.py")),
        _TRAINING / "data" / "recordings.py",
        Path(__file__),
    ]
    return hashlib.sha256("".join(file_sha256(path) for path in files).encode()).hexdigest()
