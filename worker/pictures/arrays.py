"""The pictures' arrays as JSON, in units and to decimals that mean something."""

from __future__ import annotations

import numpy as np

from shared.bundle import Card
from shared.pictures import AttentionArrays, ExplanationArrays, MapArrays, SpectrogramArrays
from worker.model.evidence import ClipEvidence
from worker.pictures.levels import Levels

_SECONDS, _HZ, _LOGIT = 4, 1, 6  # decimals


def spectrogram_json(levels: Levels) -> bytes:
    """See `SpectrogramArrays`."""
    arrays = SpectrogramArrays.model_construct(
        times_s=levels.times_s.round(_SECONDS).tolist(),
        bands_hz=levels.bands_hz.round(_HZ).tolist(),
        levels_db=levels.levels_db.tolist(),
        lowest_db=levels.lowest_db,
        highest_db=levels.highest_db,
    )
    return arrays.model_dump_json().encode()


def explanation_json(evidence: ClipEvidence, card: Card) -> bytes:
    """See `ExplanationArrays`."""
    found = evidence.map
    arrays = ExplanationArrays(
        logit=round(float(np.dot(evidence.attention, evidence.logits)), _LOGIT),
        attention=AttentionArrays(
            patches_s=evidence.patches_s.round(_SECONDS).tolist(),
            shares=evidence.attention.round(_LOGIT).tolist(),
            logits=evidence.logits.round(_LOGIT).tolist(),
        ),
        map=None
        if found is None
        else MapArrays(
            times_s=found.times_s.round(_SECONDS).tolist(),
            bands_hz=None if found.bands_hz is None else found.bands_hz.round(_HZ).tolist(),
            values=found.values.round(_LOGIT).tolist(),
        ),
        disclaimer=card.full_disclaimer,
    )
    return arrays.model_dump_json().encode()
