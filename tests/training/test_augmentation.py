"""Each transform does what it says, and the recipe is repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.recordings import chirp, cough
from training.augmentation.codec import CODECS, transcode
from training.augmentation.crop import keep_loudest
from training.augmentation.equalise import equalise
from training.augmentation.gain import amplify, within_full_scale
from training.augmentation.noise import mix_at_snr
from training.augmentation.recipe import Recipe
from training.augmentation.shift import rotate
from training.augmentation.spec_augment import hide_bands
from training.augmentation.speed import change_speed
from training.front_end import YAMNET_FRONT_END, waveform_to_patches

COUGH = cough(1.0)
RATE = 16_000


def power(waveform: np.ndarray) -> float:
    return float(np.mean(np.square(waveform, dtype=np.float64)))


@given(fraction=st.floats(0, 1))
def test_rotation_keeps_every_sample(fraction: float) -> None:
    assert np.array_equal(np.sort(rotate(COUGH, fraction)), np.sort(COUGH))


@given(samples=st.integers(1, 3 * RATE), seed=st.integers(0, 99))
def test_no_stretch_of_its_length_is_louder_than_the_one_that_is_kept(
    samples: int, seed: int
) -> None:
    sound = np.random.default_rng(seed).normal(size=RATE).astype(np.float32)
    kept = keep_loudest(sound, samples)
    assert len(kept) == min(samples, RATE)
    energies = [power(sound[i : i + len(kept)]) for i in range(0, RATE - len(kept) + 1, 97)]
    assert power(kept) >= max(energies) - 1e-9


def test_gain_is_in_decibels() -> None:
    assert power(amplify(COUGH, 6.0)) / power(COUGH) == pytest.approx(10**0.6, rel=1e-4)


@given(snr=st.floats(-5, 40), length=st.integers(100, 40_000))
def test_noise_has_the_ratio_asked_for(snr: float, length: int) -> None:
    background = np.random.default_rng(1).normal(size=length).astype(np.float32)
    added = mix_at_snr(COUGH, background, snr) - COUGH
    assert 10 * np.log10(power(COUGH) / power(added)) == pytest.approx(snr, abs=0.1)


def test_silence_is_neither_noise_nor_made_noisy() -> None:
    silence = np.zeros(1000, dtype=np.float32)
    assert np.array_equal(mix_at_snr(COUGH, silence, 3.0), COUGH)
    assert np.array_equal(mix_at_snr(silence, COUGH, 3.0), silence)


@pytest.mark.parametrize("factor", [0.9, 1.0, 1.1])
def test_speed_changes_the_length(factor: float) -> None:
    changed = change_speed(COUGH, factor)
    assert changed.dtype == np.float32
    assert len(changed) == pytest.approx(len(COUGH) / factor, abs=2)


def test_the_equaliser_passes_and_stops() -> None:
    low, high = chirp(1.0, from_hz=300, to_hz=400), chirp(1.0, from_hz=6000, to_hz=7000)
    flat = equalise(low, RATE, [0.0, 0.0], None)
    assert np.allclose(flat, low, atol=1e-4)
    assert power(equalise(low, RATE, [0.0, 0.0], 4000.0)) > 0.9 * power(low)
    assert power(equalise(high, RATE, [0.0, 0.0], 4000.0)) < 1e-4 * power(high)
    assert power(equalise(low, RATE, [-6.0, -6.0], None)) / power(low) == pytest.approx(
        10**-0.6, rel=0.01
    )


@pytest.mark.parametrize("codec", CODECS)
def test_codecs_keep_the_sound_and_lose_more_at_lower_rates(codec: str) -> None:
    sound = chirp(1.0, from_hz=500, to_hz=1000)
    rough, fine = (
        np.abs(np.fft.rfft(transcode(sound, RATE, codec, rate))) for rate in (8000, 48000)
    )
    assert transcode(sound, RATE, codec, 8000).shape == sound.shape
    original = np.abs(np.fft.rfft(sound))
    assert np.corrcoef(original, fine)[0, 1] > 0.95
    assert np.abs(fine - original).sum() < np.abs(rough - original).sum()


def test_only_what_exceeds_full_scale_is_turned_down() -> None:
    assert np.array_equal(within_full_scale(COUGH), COUGH)
    assert np.abs(within_full_scale(4 * COUGH)).max() == pytest.approx(1.0)
    assert within_full_scale(np.zeros(0, dtype=np.float32)).shape == (0,)


def test_hidden_bands_hold_the_mean_and_nothing_else_changes() -> None:
    log_mel = np.random.default_rng(2).normal(size=(98, 64)).astype(np.float32)
    hidden = hide_bands(log_mel, frequency=[(10, 4)], time=[(50, 20)])
    changed = np.zeros(log_mel.shape, dtype=bool)
    changed[:, 10:14] = changed[50:70] = True
    assert np.all(hidden[changed] == log_mel.mean())
    assert np.array_equal(hidden[~changed], log_mel[~changed])


def test_the_recipe_depends_on_its_generator_alone() -> None:
    def view(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return Recipe().view(COUGH, [chirp(2.0)], YAMNET_FRONT_END, rng)

    assert np.array_equal(view(1), view(1))
    assert not np.array_equal(view(1), view(2))
    assert view(1).shape[1:] == (96, 64)
    assert view(1).dtype == np.float32


def test_a_recipe_of_nothing_is_the_worker_s_front_end() -> None:
    nothing = Recipe(
        crop_probability=0.0,
        shift=0.0,
        speed_probability=0.0,
        equaliser_probability=0.0,
        low_pass_probability=0.0,
        codec_probability=0.0,
        noise_probability=0.0,
        gain_db=0.0,
        frequency_masks=0,
        time_masks=0,
    )
    view = nothing.view(COUGH, [], YAMNET_FRONT_END, np.random.default_rng(0))
    assert np.array_equal(view, waveform_to_patches(COUGH, YAMNET_FRONT_END))
