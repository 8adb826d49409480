"""The front end that the trained network expects: YAMNet's, computed by the worker's code."""

from __future__ import annotations

from shared.bundle import FrontEnd, Level
from worker.features import waveform_to_patches

__all__ = ["YAMNET_FRONT_END", "waveform_to_patches"]

# YAMNet's parameters: Plakal and Ellis 2020, tensorflow/models, research/audioset/yamnet.
YAMNET_FRONT_END = FrontEnd(
    sample_rate=16_000,
    level=Level(method="rms", target_dbfs=-20.0, max_gain_db=60.0),
    window_length=400,
    hop_length=160,
    fft_length=512,
    power=1.0,
    mel_bands=64,
    mel_scale="htk",
    fmin_hz=125.0,
    fmax_hz=7500.0,
    log_offset=0.001,
    patch_frames=96,
    patch_hop_frames=48,
)
