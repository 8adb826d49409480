"""What a network says of each patch of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PatchOutputs:
    """All float32.

    Attributes:
        logits: (patches,), of being sick.
        attention: (patches,), scores before the softmax over the clip's patches.
        evidence: (patches, time_cells, band_cells), a patch's cells sum to its logit; None: the
            card has no evidence grid.
        event: (patches,), logits of a cough or a sneeze being in the patch; None: the network
            gives none.
    """

    logits: Floats
    attention: Floats
    evidence: Floats | None = None
    event: Floats | None = None
