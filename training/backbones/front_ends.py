"""The front ends that the backbones were pretrained with, or that suit them."""

from __future__ import annotations

from shared.bundle import FrontEnd, Level, Picture
from training.front_end import YAMNET_FRONT_END
from worker.spectrogram import log_mel_of_silence

# Between silence and the loudest values at this level: natural logarithms of magnitudes.
PICTURE_REACH = 12.0

_LEVEL = Level(method="rms", target_dbfs=-20.0, max_gain_db=60.0)

# A whole clip of five seconds in one picture. Of log-mel values at this level, fewer than
# one in 10,000 is above 5, none below -7; the levels are 0.05 apart.
PICTURE_FRONT_END = FrontEnd(
    picture=Picture(low=-7.0, high=5.0),
    sample_rate=16_000,
    level=_LEVEL,
    window_length=640,
    hop_length=160,
    fft_length=1024,
    power=1.0,
    mel_bands=128,
    mel_scale="htk",
    fmin_hz=60.0,
    fmax_hz=8_000.0,
    log_offset=0.001,
    patch_frames=500,
    patch_hop_frames=250,
)

# The aiSFX package's parameters; its patches are 2.3 seconds, half overlapping.
AISFX_FRONT_END = FrontEnd(
    sample_rate=44_100,
    level=_LEVEL,
    window_length=2048,
    hop_length=1024,
    fft_length=2048,
    power=2.0,
    mel_bands=96,
    mel_scale="htk",
    fmin_hz=0.0,
    fmax_hz=22_050.0,
    log_offset=1e-4,
    patch_frames=100,
    patch_hop_frames=50,
)

# A little over five seconds of samples, 64 (4 ms) a frame: clips cut to five seconds often are.
WAVEFORM_FRONT_END = YAMNET_FRONT_END.model_copy(
    update={
        "features": "waveform",
        "hop_length": 64,
        "patch_frames": 1275,
        "patch_hop_frames": 625,
    }
)

# Five seconds as YAMNet's spectrogram, and as its cepstrum.
CLIP_LOG_MEL_FRONT_END = YAMNET_FRONT_END.model_copy(
    update={"patch_frames": 500, "patch_hop_frames": 250}
)
CLIP_MFCC_FRONT_END = CLIP_LOG_MEL_FRONT_END.model_copy(
    update={"features": "mfcc", "mfcc_coefficients": 20}
)


def as_pictures(front_end: FrontEnd) -> FrontEnd:
    """A log-mel front end whose values are the levels of an 8-bit picture, if they are not yet."""
    if front_end.picture is not None:
        return front_end
    silence = log_mel_of_silence(front_end)
    reach = Picture(low=silence, high=silence + PICTURE_REACH * front_end.power)
    return front_end.model_copy(update={"picture": reach})
