"""Many patches, one logit: attention pooling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def attention_pool(logits: npt.NDArray[np.float32], attention: npt.NDArray[np.float32]) -> float:
    """Average the patches' logits, weighted by the softmax of their attention scores.

    With a linear head this equals classifying the attention-pooled embedding, after Ilse et al.
    2018, "Attention-based deep multiple instance learning".

    Args:
        logits: float32 (patches,), at least one.
        attention: float32 (patches,), unnormalised scores.

    Returns:
        The clip's logit.
    """
    weights = np.exp(attention.astype(np.float64) - attention.max())
    return float(np.dot(weights, logits) / weights.sum())
