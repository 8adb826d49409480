"""A front end for tests of its steps: YAMNet's (Hershey et al. 2017), without a level."""

from __future__ import annotations

from shared.bundle import FrontEnd, Level

YAMNET = FrontEnd(
    sample_rate=16_000,
    level=Level(method="none"),
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
