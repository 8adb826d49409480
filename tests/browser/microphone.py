"""What the browsers' microphone hears: a labelled cough where there are any, else one made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.data import clips
from tests.support.recordings import Waveform, cough

_RATE = 16_000
_QUIET_S = 60  # Chromium repeats the last samples of a file: they are to be a quiet room's


def sound_for_microphone(folder: Path) -> Path:
    """A WAV file of a cough, followed by a quiet room."""
    random = np.random.default_rng(0)
    quiet = 1e-3 * random.standard_normal(_QUIET_S * _RATE).astype(np.float32)
    path = folder / "microphone.wav"
    soundfile.write(path, np.concatenate([_cough(), quiet]), _RATE, subtype="PCM_16")
    return path


def _cough() -> Waveform:
    try:
        waveform, rate = soundfile.read(clips("sick", 8)[2], dtype="float32")
    except pytest.skip.Exception:
        return cough(5.0, _RATE)
    assert rate == _RATE
    return np.asarray(0.8 * waveform, dtype=np.float32)
