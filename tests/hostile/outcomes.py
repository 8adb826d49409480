"""The two ends that decoding may have: a waveform within the limits, or an error with a code."""

from __future__ import annotations

import numpy as np

from worker.audio.decoding import Decoded

CODES = frozenset({"corrupt_audio", "truncated_audio", "no_audio", "too_long"})


def must_be_a_waveform(decoded: Decoded, sample_rate: int, max_seconds: float) -> None:
    """Assert that it is mono, of the rate asked for, finite, and no longer than it may be."""
    assert 0 < decoded.duration_s <= max_seconds
    assert decoded.waveform.dtype == np.float32
    assert decoded.waveform.ndim == 1
    assert len(decoded.waveform) <= max_seconds * sample_rate + 1
    assert np.isfinite(decoded.waveform).all()
