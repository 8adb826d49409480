"""What in the recording itself makes its diagnosis less trustworthy."""

from __future__ import annotations

import numpy as np

from shared.job import WarningCode
from worker.audio.decoding import Decoded

QUIET_PEAK = 10 ** (-46 / 20)  # of full scale
CLIPPED_LEVEL = 0.999  # of full scale
CLIPPED_SHARE = 0.001  # of the samples
SHORT_S = 0.5


def quality_warnings(decoded: Decoded) -> list[WarningCode]:
    """Judge the waveform before its level is normalised.

    Returns:
        `too_quiet`: the peak is below -46 dBFS. `clipped`: more than 0.1 % of the samples are at
        full scale. `too_short`: less than half a second. `truncated`: the file's end is missing.
    """
    magnitude = np.abs(decoded.waveform)
    warnings = []
    if magnitude.max(initial=0.0) < QUIET_PEAK:
        warnings.append(WarningCode.TOO_QUIET)
    if np.count_nonzero(magnitude >= CLIPPED_LEVEL) > CLIPPED_SHARE * len(magnitude):
        warnings.append(WarningCode.CLIPPED)
    if decoded.duration_s < SHORT_S:
        warnings.append(WarningCode.TOO_SHORT)
    if decoded.truncated:
        warnings.append(WarningCode.TRUNCATED)
    return warnings
