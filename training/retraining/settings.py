"""What a retraining is told; numbers default to those of TensorFlow's retrain.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEAD_LEARNING_RATE = 0.01
WHOLE_LEARNING_RATE = 0.001


@dataclass(frozen=True)
class Settings:
    """See the command's help for what each means; paths are relative to the current folder."""

    image_dir: Path
    architecture: str = "inception_v3"
    weights: Path | None = None
    cut: str | None = None
    features: str | None = None
    model_dir: Path = Path("imagenet")
    bottleneck_dir: Path = Path("bottlenecks")
    summaries_dir: Path = Path("training_summaries")
    output_graph: Path = Path("retrained_graph.pb")
    output_labels: Path = Path("retrained_labels.txt")
    how_many_training_steps: int = 4000
    learning_rate: float | None = None
    train_batch_size: int = 100
    testing_percentage: float = 10
    validation_percentage: float = 10
    eval_step_interval: int = 10
    seed: int = 0
    bundle: Path | None = None
    about: Path | None = None
    replace: bool = False
