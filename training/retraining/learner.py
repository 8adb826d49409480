"""What the loop needs of whatever it trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class StepResult:
    """Of one batch of training clips: share of right answers, and mean cross entropy in nats."""

    accuracy: float
    cross_entropy: float


class Learner(Protocol):
    """A classifier of clips that learns in steps."""

    def advance(self, steps: int) -> StepResult:
        """Take steps; the result is that of the last batch."""

    def logits(self, clips: Sequence[int]) -> npt.NDArray[np.float32]:
        """Both classes' logits of the clips of these indices, (clips, 2)."""

    def distributions(self) -> dict[str, Any]:
        """What TensorBoard shows as histograms: tag → array."""


def judge(logits: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> StepResult:
    """Accuracy and cross entropy of logits (clips, 2) against labels (clips,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_shares = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return StepResult(
        float(np.mean(logits.argmax(axis=1) == labels)),
        float(-np.mean(log_shares[np.arange(len(labels)), labels])),
    )
