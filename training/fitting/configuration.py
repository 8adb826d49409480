"""What a training run may choose. Its defaults made the shipped bundle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from training.augmentation.recipe import Recipe


@dataclass(frozen=True)
class Configuration:
    """Hyperparameters of fine-tuning.

    Attributes:
        first_trained_layer: layers of the backbone below it stay as they were pretrained.
        epochs: fixed; there is no early stopping, so no clip is needed to decide it.
        views: augmented views made of each clip; epoch e trains on view e modulo `views`.
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
        calibration_folds: of the inner cross-validation that calibrates one outer fold.
        folds: of the outer cross-validation.
        seed: of everything random.
        threads: TensorFlow's.
        recipe: the augmentation.
    """

    first_trained_layer: int = 14
    epochs: int = 8
    views: int = 8
    batch_clips: int = 16
    learning_rate: float = 3e-4
    weight_decay: float = 1e-2
    clip_norm: float = 1.0
    average_momentum: float = 0.98
    dropout: float = 0.3
    mixup: float = 0.0
    max_patches: int = 20
    folds: int = 5
    calibration_folds: int = 3
    seed: int = 0
    threads: int = 2
    recipe: Recipe = field(default_factory=Recipe)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON's types, for the card."""
        values: dict[str, Any] = TypeAdapter(Configuration).dump_python(self, mode="json")
        return values
