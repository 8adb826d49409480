"""Background: another recording under this one, at a given signal-to-noise ratio."""

from __future__ import annotations

import numpy as np

from worker.spectrogram import Waveform


def mix_at_snr(waveform: Waveform, background: Waveform, snr_db: float) -> Waveform:
    """Add a background so that the waveform's power lies `snr_db` above it.

    Args:
        waveform: float32 (samples,).
        background: float32, any length above 0; repeated or cut to fit.
        snr_db: ratio of the two mean powers, in dB.

    Returns:
        float32 (samples,). A silent waveform or background leaves the waveform as it is.
    """
    fitted = np.resize(background, len(waveform))
    power = float(np.mean(np.square(waveform, dtype=np.float64)))
    background_power = float(np.mean(np.square(fitted, dtype=np.float64)))
    if power == 0.0 or background_power == 0.0:
        return waveform
    gain = np.sqrt(power / background_power) * 10 ** (-snr_db / 20)
    return waveform + fitted * np.float32(gain)
