"""What a training run may choose. A card names what its bundle was trained with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from shared.errors import ScreeningError
from training.augmentation.recipe import Recipe

# The least value of each hyperparameter that a run could stumble over.
_LEAST = {
    "epochs": 1,
    "views": 0,
    "patch_frames": 32,
    "patch_hop_frames": 1,
    "train_patch_hop": 0,
    "batch_clips": 1,
    "mixup": 0,
    "max_patches": 1,
    "folds": 2,
    "calibration_folds": 2,
    "seeds": 1,
    "soup": 0,
    "seed": 0,
    "threads": 0,
}


class ConfigurationError(ScreeningError):
    """A hyperparameter that no run can have."""

    code = "invalid_configuration"
    title = "The run cannot be configured so"


@dataclass(frozen=True)
class Configuration:
    """Hyperparameters of fine-tuning.

    Attributes:
        backbone: of `training.backbones.registry`; or `bundle`, new heads on a bundle's network.
        cut: the layer that the backbone ends with; empty: its last. Not for YAMNet.
        first_trained_layer: layers of YAMNet below it stay as they were pretrained; 28 trains the
            heads alone. Other pretrained backbones stay whole as they were.
        epochs: fixed; there is no early stopping, so no clip is needed to decide it.
        views: augmented views made of each clip; epoch e trains on view e modulo `views`.
        patch_frames, patch_hop_frames: of YAMNet's patches; the length is a multiple of 32. Other
            backbones, and networks that go on training, have their own.
        train_patch_hop: frames from one patch of an augmented view to the next; 0: no overlap. The
            clean view, on which everything is measured, is always cut as the worker cuts.
        batch_clips: clips per step.
        learning_rate: peak of a linear warm-up followed by a cosine decay.
        weight_decay: of AdamW (Loshchilov and Hutter 2019).
        clip_norm: bound on the norm of all gradients together.
        average_momentum: of the exponential moving average of the weights that is kept
            (Polyak and Juditsky 1992).
        dropout: on the embedding.
        mixup: alpha of mixup (Zhang et al. 2018) between clips' activations at the border of
            frozen and trained layers (Verma et al. 2019); 0 is none.
        max_patches: longer clips train on this many consecutive patches, drawn anew each time.
        folds: of the outer cross-validation.
        calibration_folds: of the inner cross-validation that calibrates one outer fold.
        seeds: times that the outer cross-validation is repeated, with seed, seed + 1 and so on.
        soup: 1 makes one network of the seeds' networks by averaging their weights (Wortsman et
            al. 2022, "Model soups"); all seeds then start from the same new layers. That network
            is what is measured, kept and shipped.
        precision: of the trained blocks' arithmetic: `float32`, or `bfloat16`, which a processor
            that has it does nearly twice as fast; weights, heads, sums and the shipped network
            are float32 in any case.
        seed: of everything random.
        threads: TensorFlow's.
        recipe: the augmentation.

    Raises:
        ConfigurationError: a value is below its least or no number.
    """

    backbone: str = "yamnet"
    cut: str = ""
    first_trained_layer: int = 14
    epochs: int = 8
    views: int = 8
    patch_frames: int = 512
    patch_hop_frames: int = 448
    train_patch_hop: int = 0
    batch_clips: int = 16
    learning_rate: float = 3e-4
    weight_decay: float = 1e-2
    clip_norm: float = 1.0
    average_momentum: float = 0.98
    dropout: float = 0.3
    mixup: float = 0.4
    max_patches: int = 20
    folds: int = 5
    calibration_folds: int = 3
    seeds: int = 1
    soup: int = 0
    precision: str = "float32"
    seed: int = 0
    threads: int = 2
    recipe: Recipe = field(default_factory=Recipe)

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= least):
                raise ConfigurationError(f"{name} is {value:g}, but must be at least {least}")
        if self.precision not in ("float32", "bfloat16"):
            raise ConfigurationError(f"precision is {self.precision}: float32 or bfloat16")
        if self.patch_frames % 32:
            raise ConfigurationError(f"patch_frames is {self.patch_frames}: a multiple of 32")

    @property
    def all_seeds(self) -> range:
        """The seeds of the repeats."""
        return range(self.seed, self.seed + self.seeds)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON's types, for the card."""
        values: dict[str, Any] = TypeAdapter(Configuration).dump_python(self, mode="json")
        return values
