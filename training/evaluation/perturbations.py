"""Changes of a recording that must not change the answer, and one that must leave none.

Each is a pure function of a waveform and of the clip's number, which alone decides its randomness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr
from scipy.signal import butter, sosfiltfilt

from shared.bundle import FrontEnd
from training.augmentation.codec import transcode
from training.augmentation.gain import amplify, within_full_scale
from training.augmentation.noise import mix_at_snr
from training.augmentation.shift import rotate
from worker.spectrogram import Waveform

SILENCE_ONLY = "silence_only"
TIME_SHIFT = "time_shift"
QUIETEST_SHARE = 0.2

_FRAME_S, _FADE_S = 0.05, 0.01
_TELEPHONE_HZ, _TELEPHONE_BAND_HZ = 8_000, (300.0, 3_400.0)


@dataclass(frozen=True)
class Perturbation:
    """One change.

    Attributes:
        name: for programs; those of one family share the part before the first dot.
        title: for people.
        meaning: what a flip under it would show.
        apply: float32 (samples,) and the clip's number → float32 (about as many samples,).
    """

    name: str
    title: str
    meaning: str
    apply: Callable[[Waveform, int], Waveform]


def perturbations(
    front_end: FrontEnd, backgrounds: Sequence[Waveform], *, seed: int = 0
) -> list[Perturbation]:
    """All of them, for recordings at the front end's rate.

    Args:
        front_end: its sample rate, and its patch hop for the shift.
        backgrounds: recordings to draw noise from besides white and pink; may be empty.
        seed: of the noise.
    """
    rate = front_end.sample_rate
    half_hop = front_end.patch_hop_frames * front_end.hop_length // 2

    def noisy(snr_db: float) -> Perturbation:
        kinds = "white or pink noise" + (" or a background" if backgrounds else "")
        return Perturbation(
            f"noise_{snr_db:g}_db",
            f"Noise at {snr_db:g} dB",
            f"{kinds}, mean power {snr_db:g} dB below the clip's: a noisier room or microphone",
            lambda its, clip: mix_at_snr(
                its, noise_for(len(its), backgrounds, np.random.default_rng([seed, clip])), snr_db
            ),
        )

    def shifted(name: str, samples: int) -> Perturbation:
        return Perturbation(
            f"{TIME_SHIFT}.{name}",
            f"Shifted by {samples / rate:.2f} s",
            "the clip starts later and what falls off its end comes first: only the place of the "
            "sound changes",
            lambda its, _: rotate(its, (samples % len(its)) / len(its)),
        )

    return [
        Perturbation(
            "mp3_32k",
            "MP3 at 32 kbit/s",
            "saved as a small MP3",
            lambda its, _: transcode(within_full_scale(its), rate, "mp3", 32_000),
        ),
        Perturbation(
            "opus_16k",
            "Opus at 16 kbit/s",
            "sent by a messenger",
            lambda its, _: transcode(within_full_scale(its), rate, "opus", 16_000),
        ),
        Perturbation(
            "telephone",
            "Telephone band",
            "8 kHz, 300 to 3400 Hz: called in",
            lambda its, _: telephone(its, rate),
        ),
        Perturbation(
            "level_plus_12_db",
            "12 dB louder",
            "four times the amplitude, nothing clipped: nearer the microphone",
            lambda its, _: amplify(its, 12.0),
        ),
        Perturbation(
            "level_minus_12_db",
            "12 dB quieter",
            "a quarter of the amplitude: farther from the microphone",
            lambda its, _: amplify(its, -12.0),
        ),
        shifted("half_patch_hop", half_hop),
        shifted("250_ms", round(0.25 * rate)),
        shifted("500_ms", round(0.5 * rate)),
        noisy(20.0),
        noisy(10.0),
        Perturbation(
            SILENCE_ONLY,
            "Quietest fifth only",
            f"only the quietest {QUIETEST_SHARE:.0%} of {1000 * _FRAME_S:.0f} ms frames: the "
            "coughs and sneezes are gone, the recording's noise floor stays",
            lambda its, _: quietest(its, rate),
        ),
    ]


def telephone(waveform: Waveform, sample_rate: int) -> Waveform:
    """To 8 kHz and back, through a fourth-order Butterworth band from 300 to 3400 Hz, no phase.

    Args:
        waveform: float32 (samples,).
        sample_rate: Hz, above 8000 or equal.

    Returns:
        float32 (samples,).
    """
    narrow = soxr.resample(waveform, sample_rate, _TELEPHONE_HZ, quality="HQ")
    band = butter(2, _TELEPHONE_BAND_HZ, "bandpass", fs=_TELEPHONE_HZ, output="sos")
    # At most SciPy's own padding, and less than there are samples.
    filtered = sosfiltfilt(band, narrow, padlen=min(15, len(narrow) - 1))
    wide = soxr.resample(filtered.astype(np.float32), _TELEPHONE_HZ, sample_rate, quality="HQ")
    whole = np.concatenate([wide, np.zeros(len(waveform), dtype=np.float32)])
    return np.asarray(whole[: len(waveform)], dtype=np.float32)


def quietest(waveform: Waveform, sample_rate: int, share: float = QUIETEST_SHARE) -> Waveform:
    """Keep only a clip's quietest frames, in their order, faded into each other.

    Frames that follow each other join without a trace; others overlap for 10 ms.

    Args:
        waveform: float32 (samples,).
        sample_rate: Hz.
        share: of the frames, at least one is kept.

    Returns:
        float32 (about share * samples,).
    """
    hop, fade = round(_FRAME_S * sample_rate), round(_FADE_S * sample_rate)
    count = (len(waveform) - fade) // hop
    if count < 2:
        return waveform
    frames = np.stack([waveform[hop * i : hop * (i + 1) + fade] for i in range(count)])
    powers = np.square(frames, dtype=np.float64).mean(axis=1)
    kept = np.sort(np.argsort(powers, kind="stable")[: max(1, round(share * count))])
    window = np.ones(hop + fade, dtype=np.float32)
    window[:fade] = np.linspace(0.0, 1.0, fade, endpoint=False)
    window[hop:] = 1.0 - window[:fade]
    joined = np.zeros(len(kept) * hop + fade, dtype=np.float32)
    for place, frame in enumerate(frames[kept]):
        joined[place * hop : (place + 1) * hop + fade] += window * frame
    return joined


def noise_for(length: int, backgrounds: Sequence[Waveform], rng: np.random.Generator) -> Waveform:
    """White noise, pink noise, or a background from a random place, each as likely.

    Args:
        length: samples.
        backgrounds: none: only white and pink.
        rng: the only source of randomness.

    Returns:
        float32 (length,), of no particular level.
    """
    kind = int(rng.integers(3 if backgrounds else 2))
    if kind == 2:
        chosen = backgrounds[int(rng.integers(len(backgrounds)))]
        return np.resize(rotate(chosen, rng.uniform()), length)
    white = rng.standard_normal(length)
    return (white if kind == 0 else _pink(white)).astype(np.float32)


def _pink(white: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Power falling by 3 dB an octave, and none at 0 Hz."""
    spectrum = np.fft.rfft(white)
    shape = np.arange(len(spectrum), dtype=np.float64)
    shape[1:] **= -0.5
    return np.asarray(np.fft.irfft(spectrum * shape, n=len(white)))
