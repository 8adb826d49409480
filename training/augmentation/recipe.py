"""The recipe: which transforms a training view goes through, and all of their randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.bundle import FrontEnd
from training.augmentation.codec import CODECS, transcode
from training.augmentation.crop import keep_loudest
from training.augmentation.equalise import equalise
from training.augmentation.gain import amplify, within_full_scale
from training.augmentation.noise import mix_at_snr
from training.augmentation.shift import rotate
from training.augmentation.spec_augment import hide_bands
from training.augmentation.speed import change_speed
from worker.audio.level import normalise_level
from worker.features import Features, compute_features, cut_patches
from worker.spectrogram import Patches, Waveform


@dataclass(frozen=True)
class Recipe:
    """Ranges and probabilities of the transforms.

    Attributes:
        crop_probability: of keeping the loudest stretch alone, of at least `shortest_s` seconds.
        shift: largest circular shift, as a share of the clip.
        speed: largest relative change of speed; what becomes longer is cut to its old length.
        equaliser_db: largest gain or cut of the random channel.
        low_pass_probability: of a steep low-pass at a frequency drawn from `low_pass_hz`.
        codec_probability: of a lossy codec, at bits a second drawn from `bit_rate`.
        noise_probability: of a background at an SNR drawn between `snr_db`.
        gain_db: largest gain or cut after level normalisation.
        frequency_masks, frequency_mask_bands: at most so many hidden bands, each at most so wide.
        time_masks, time_mask_frames: the same in time.
    """

    crop_probability: float = 0.2
    shortest_s: float = 1.0
    shift: float = 1.0
    speed: float = 0.1
    speed_probability: float = 0.5
    equaliser_db: float = 6.0
    equaliser_probability: float = 0.5
    low_pass_hz: tuple[float, float] = (2_800.0, 7_500.0)
    low_pass_probability: float = 0.25
    codec_probability: float = 0.4
    bit_rate: tuple[float, float] = (8_000.0, 48_000.0)
    snr_db: tuple[float, float] = (3.0, 30.0)
    noise_probability: float = 0.6
    gain_db: float = 6.0
    frequency_masks: int = 2
    frequency_mask_bands: int = 8
    time_masks: int = 2
    time_mask_frames: int = 24

    def view(
        self,
        waveform: Waveform,
        backgrounds: Sequence[Waveform],
        front_end: FrontEnd,
        rng: np.random.Generator,
    ) -> Patches:
        """One augmented view of a clip, cut into patches by the worker's own front end.

        Takes what `features` takes; gives float32 (patches, patch_frames, feature_width).
        """
        return cut_patches(self.features(waveform, backgrounds, front_end, rng), front_end)

    def features(
        self,
        waveform: Waveform,
        backgrounds: Sequence[Waveform],
        front_end: FrontEnd,
        rng: np.random.Generator,
    ) -> Features:
        """The features of one augmented view of a clip, through the worker's own front end.

        Args:
            waveform: float32 (samples,), not yet level-normalised.
            backgrounds: recordings to draw noise from; may be empty.
            front_end: the bundle's parameters.
            rng: the only source of randomness.

        Returns:
            float32 (frames, feature_width).
        """
        waveform = self._reshape_sound(waveform, backgrounds, front_end.sample_rate, rng)
        waveform = normalise_level(waveform, front_end.level)
        waveform = amplify(waveform, rng.uniform(-self.gain_db, self.gain_db))
        features = compute_features(waveform, front_end)
        frames, width = features.shape
        # Only a spectrogram's columns are frequencies.
        bands = width if front_end.features == "logmel" else 0
        return hide_bands(
            features,
            _draw_bands(rng, self.frequency_masks, self.frequency_mask_bands, bands),
            _draw_bands(rng, self.time_masks, self.time_mask_frames, frames),
        )

    def _reshape_sound(
        self,
        waveform: Waveform,
        backgrounds: Sequence[Waveform],
        sample_rate: int,
        rng: np.random.Generator,
    ) -> Waveform:
        shortest = min(self.shortest_s, len(waveform) / sample_rate)
        if shortest > 0 and rng.uniform() < self.crop_probability:
            kept_s = _log_uniform(rng, shortest, len(waveform) / sample_rate)
            waveform = keep_loudest(waveform, round(kept_s * sample_rate))
        waveform = rotate(waveform, rng.uniform(0.0, self.shift))
        if rng.uniform() < self.speed_probability:
            changed = change_speed(waveform, 1 + rng.uniform(-self.speed, self.speed))
            waveform = changed[: len(waveform)]
        if backgrounds and rng.uniform() < self.noise_probability:
            background = rotate(backgrounds[int(rng.integers(len(backgrounds)))], rng.uniform())
            waveform = mix_at_snr(waveform, background, rng.uniform(*self.snr_db))
        if rng.uniform() < self.equaliser_probability:
            gains = rng.uniform(-self.equaliser_db, self.equaliser_db, size=6)
            waveform = equalise(waveform, sample_rate, gains.tolist(), None)
        if rng.uniform() < self.low_pass_probability:
            cutoff = _log_uniform(rng, *self.low_pass_hz)
            waveform = equalise(waveform, sample_rate, [0.0, 0.0], cutoff)
        if rng.uniform() < self.codec_probability:
            codec = sorted(CODECS)[int(rng.integers(len(CODECS)))]
            bit_rate = int(_log_uniform(rng, *self.bit_rate))
            waveform = transcode(within_full_scale(waveform), sample_rate, codec, bit_rate)
        return waveform


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Every octave between `low` and `high` is as likely."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _draw_bands(
    rng: np.random.Generator, most: int, widest: int, size: int
) -> list[tuple[int, int]]:
    """Up to `most` bands of up to `widest`, anywhere in `size`."""
    count = int(rng.integers(most + 1))
    widths = rng.integers(min(widest, size) + 1, size=count)
    return [(int(rng.integers(size - width + 1)), int(width)) for width in widths]
