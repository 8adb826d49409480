"""Each change does what its name says, and nothing by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.recordings import chirp, cough
from training.evaluation.perturbations import (
    Perturbation,
    noise_for,
    perturbations,
    quietest,
    telephone,
)
from training.front_end import YAMNET_FRONT_END
from worker.spectrogram import Waveform

RATE = YAMNET_FRONT_END.sample_rate
SOUND = cough(2.0)
ALL = {its.name: its for its in perturbations(YAMNET_FRONT_END, [])}


def power(waveform: Waveform) -> float:
    return float(np.mean(np.square(waveform, dtype=np.float64)))


def decibels(waveform: Waveform) -> float:
    return 10 * float(np.log10(power(waveform)))


def test_all_probes_are_there() -> None:
    assert list(ALL) == [
        "mp3_32k",
        "opus_16k",
        "telephone",
        "level_plus_12_db",
        "level_minus_12_db",
        "time_shift.half_patch_hop",
        "time_shift.250_ms",
        "time_shift.500_ms",
        "noise_20_db",
        "noise_10_db",
        "silence_only",
    ]


@pytest.mark.parametrize("its", ALL.values(), ids=lambda its: its.name)
def test_a_change_repeats_and_leaves_its_clip_alone(its: Perturbation) -> None:
    given_sound = SOUND.copy()
    changed = its.apply(given_sound, 3)
    assert changed.dtype == np.float32
    assert np.isfinite(changed).all()
    assert np.array_equal(changed, its.apply(given_sound, 3))
    assert np.array_equal(given_sound, SOUND)
    if its.name != "silence_only":
        assert len(changed) == len(SOUND)
        assert not np.array_equal(changed, SOUND)


@settings(max_examples=25)
@given(st.sampled_from(sorted(ALL)), st.integers(400, 20_000))
def test_clips_of_any_length_and_silence_pass(name: str, length: int) -> None:
    for sound in (np.resize(SOUND, length), np.zeros(length, dtype=np.float32)):
        assert np.isfinite(ALL[name].apply(sound, 0)).all()


def test_levels_change_by_12_db() -> None:
    assert decibels(ALL["level_plus_12_db"].apply(SOUND, 0)) == pytest.approx(decibels(SOUND) + 12)
    assert decibels(ALL["level_minus_12_db"].apply(SOUND, 0)) == pytest.approx(decibels(SOUND) - 12)


def test_a_shift_is_half_a_patch_hop_and_goes_round() -> None:
    shifted = ALL["time_shift.half_patch_hop"].apply(SOUND, 0)
    assert np.array_equal(shifted, np.roll(SOUND, 24 * 160))
    assert np.array_equal(ALL["time_shift.500_ms"].apply(SOUND, 0), np.roll(SOUND, 8000))


@pytest.mark.parametrize(("name", "snr"), [("noise_20_db", 20.0), ("noise_10_db", 10.0)])
def test_noise_lies_as_far_below_the_clip_as_said(name: str, snr: float) -> None:
    for clip in range(4):
        noise = ALL[name].apply(SOUND, clip) - SOUND
        assert decibels(SOUND) - decibels(noise) == pytest.approx(snr, abs=0.01)


def test_each_clip_has_a_noise_of_its_own() -> None:
    one, other = (ALL["noise_10_db"].apply(SOUND, clip) for clip in (0, 1))
    assert not np.array_equal(one, other)


def test_noise_is_white_or_pink_or_a_background() -> None:
    background = chirp(1.0, from_hz=1000.0, to_hz=1000.0)
    tilts = set()
    for seed in range(30):
        noise = noise_for(2**15, [background], np.random.default_rng(seed))
        spectrum = np.abs(np.fft.rfft(noise)) ** 2
        octave, next_octave = spectrum[1000:2000].sum(), spectrum[2000:4000].sum()
        tilts.add(round(10 * np.log10(next_octave / octave) / 3))
    # An octave holds twice the white noise of the one below, and as much pink noise.
    assert {0, 1} < tilts


def test_the_telephone_hears_nothing_below_300_and_above_3400_hz() -> None:
    def gain(hz: float) -> float:
        tone = chirp(1.0, from_hz=hz, to_hz=hz)
        return decibels(telephone(tone, RATE)[2000:-2000]) - decibels(tone[2000:-2000])

    assert gain(1000.0) == pytest.approx(0.0, abs=0.5)
    assert gain(100.0) < -20
    assert gain(3900.0) < -6
    assert gain(6000.0) < -60


def test_only_the_quietest_frames_are_kept() -> None:
    random = np.random.default_rng(0)
    floor = 0.001 * random.standard_normal(2 * RATE).astype(np.float32)
    events = floor.copy()
    events[5000:12_000] += 0.5
    kept = quietest(events, RATE)
    assert len(kept) / RATE == pytest.approx(0.2 * 2.0, abs=0.06)
    assert np.abs(kept).max() < 0.01
    assert decibels(kept) == pytest.approx(decibels(floor), abs=1.0)


def test_frames_that_follow_each_other_join_without_a_trace() -> None:
    fading = chirp(2.0) * np.linspace(1.0, 0.1, 2 * RATE, dtype=np.float32)
    kept = quietest(fading, RATE, share=0.4)
    start = 23 * 800  # the last 16 of 39 frames
    assert len(kept) == 16 * 800 + 160
    assert kept[160:-160] == pytest.approx(fading[start + 160 : start + 16 * 800], abs=1e-6)
