"""Many patches, one logit: attention pooling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def attention_weights(attention: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Each patch's share in the clip's logit: the softmax of the attention scores.

    Args:
        attention: float32 (patches,), unnormalised scores, at least one.

    Returns:
        float64 (patches,), they sum to 1.
    """
    weights = np.exp(attention.astype(np.float64) - attention.max())
    return np.asarray(weights / weights.sum())


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
    return float(np.dot(attention_weights(attention), logits))
