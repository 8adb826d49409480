"""Probes convict a toy that listens to the wrong thing, and clear one that does not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.recordings import chirp, cough
from tests.training.evaluation.conftest import RATE, Answer, loudness, make_examined
from training.data.dataset import DatasetError
from training.evaluation.examined import Examined
from training.evaluation.perturbations import Perturbation, perturbations
from training.evaluation.probes import Probes, run_probes
from training.front_end import YAMNET_FRONT_END
from worker.spectrogram import Waveform

CHANGES = {its.name: its for its in perturbations(YAMNET_FRONT_END, [])}
LABELS = [i % 2 for i in range(12)]
SOUNDS = [cough(1.0, seed=i) if label else chirp(1.0) for i, label in enumerate(LABELS)]


def peaky(waveform: Waveform) -> float:
    """Coughs are bursts: the peak over the mean magnitude. No level, no place in time."""
    return float(np.abs(waveform).max() / (np.abs(waveform).mean() + 1e-12) > 3.0)


def starts_loud(waveform: Waveform) -> float:
    """Looks only at the first tenth of a second's share of the sound."""
    heard = np.abs(waveform)
    return float(heard[: RATE // 10].mean() > heard.mean())


def probe(
    answer: Answer, names: list[str], *, examined: Examined | None = None, unseen: bool = False
) -> Probes:
    made = examined or make_examined(LABELS, [0.5] * len(LABELS), waveforms=SOUNDS)
    chosen = [CHANGES[name] for name in names]
    return run_probes(made, lambda _, its: answer(its), chosen, range(len(LABELS)), unseen=unseen)


def test_a_model_of_the_level_flips_with_the_level_and_one_of_the_sound_does_not() -> None:
    names = ["level_plus_12_db", "level_minus_12_db"]
    of_level, of_sound = probe(loudness, names), probe(peaky, names)
    assert max(figure.value for figure in of_level.figures.values()) > 0.4
    assert [figure.value for figure in of_sound.figures.values()] == [0.0, 0.0]
    assert of_sound.untouched_auc.value == 1.0


def test_a_model_of_the_place_flips_with_the_shift_and_one_of_the_sound_does_not() -> None:
    names = [name for name in CHANGES if name.startswith("time_shift")]
    shifted = probe(starts_loud, names)
    each = [result.flips.value for result in shifted.results]
    assert list(shifted.figures) == ["time_shift_flips"]
    assert shifted.figures["time_shift_flips"].value == pytest.approx(np.mean(each))
    assert max(each) > 0.3
    assert probe(peaky, names).figures["time_shift_flips"].value == 0.0


def test_a_model_of_the_noise_floor_is_convicted_on_silence() -> None:
    # What is labelled sick was recorded with a noisier microphone, whatever is heard.
    random = np.random.default_rng(0)
    noisy = [
        (cough(1.0, seed=i) + (0.02 * label) * random.standard_normal(RATE)).astype(np.float32)
        for i, label in enumerate(LABELS)
    ]
    examined = make_examined(LABELS, [0.5] * len(LABELS), waveforms=noisy)

    def floor(waveform: Waveform) -> float:
        return float(np.percentile(np.abs(waveform), 5) > 3e-4)

    convicted = probe(floor, ["silence_only"], examined=examined)
    assert convicted.figures["silence_only_auc"].value == 1.0
    cleared = probe(peaky, ["silence_only"], examined=examined)
    assert cleared.figures["silence_only_auc"].value == pytest.approx(0.5, abs=0.2)


def test_the_figures_are_those_that_a_card_takes() -> None:
    found = probe(peaky, list(CHANGES))
    assert list(found.figures) == [
        "mp3_32k_flips",
        "opus_16k_flips",
        "telephone_flips",
        "level_plus_12_db_flips",
        "level_minus_12_db_flips",
        "time_shift_flips",
        "noise_20_db_flips",
        "noise_10_db_flips",
        "silence_only_auc",
    ]
    for figure in found.figures.values():
        assert 0.0 <= figure.low <= figure.value <= figure.high <= 1.0


def test_networks_of_another_record_are_refused() -> None:
    answers = [loudness(its) for its in SOUNDS]
    own = make_examined(LABELS, answers, waveforms=SOUNDS)
    changes: list[str] = ["level_plus_12_db"]
    assert probe(loudness, changes, examined=own, unseen=True).unseen
    other = make_examined(LABELS, [its + 0.1 for its in answers], waveforms=SOUNDS)
    with pytest.raises(DatasetError, match="not those of the record"):
        probe(loudness, changes, examined=other, unseen=True)
    # The folds' networks are of the first seed: with another beside it the check still holds.
    both = make_examined(LABELS, [answers, [0.5] * len(LABELS)], waveforms=SOUNDS)
    assert probe(loudness, changes, examined=both, unseen=True).unseen


def test_only_the_chosen_clips_are_asked() -> None:
    asked: set[int] = set()

    def spy(clip: int, waveform: Waveform) -> float:
        asked.add(clip)
        return loudness(waveform)

    examined = make_examined(LABELS, [0.5] * len(LABELS), waveforms=SOUNDS)
    unchanged = Perturbation("nothing", "Nothing", "nothing changes", lambda its, _: its)
    found = run_probes(examined, spy, [unchanged], [2, 3, 7], unseen=False)
    assert asked == {2, 3, 7}
    assert found.clips == 3
    assert found.results[0].flips.value == 0.0
