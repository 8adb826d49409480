"""Shortcut probes: what answers hang on that they should not.

A clip is changed in a way that leaves its cough or sneeze to be heard; an answer that flips hung on
something else. On the quietest fifth of a clip, by contrast, the network should know nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from tqdm import tqdm

from shared.bundle import Figure
from training.data.dataset import DatasetError
from training.evaluation.bootstrap import mean_figure
from training.evaluation.examined import Examined
from training.evaluation.fold_networks import FoldNetworks
from training.evaluation.metrics import Scores, auc, with_interval
from training.evaluation.perturbations import SILENCE_ONLY, Perturbation
from training.fitting.calibration import sigmoid
from worker.features import waveform_to_patches
from worker.spectrogram import Waveform

# P(sick) of a clip's waveform, changed or not, by a network of that clip's fold.
Probability = Callable[[int, Waveform], float]

# Rounding and half-precision features move P(sick) by less; another network moves it by more.
_SAME_NETWORK = 0.02


class Probe(BaseModel):
    """What one change did.

    Attributes:
        name, title, meaning: of the change.
        flips: share of clips whose answer differs from that to the unchanged clip.
        auc: under the change; of training clips where the networks had seen them.
        called_sick: share of clips answered "sick" under the change.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    meaning: str
    flips: Figure
    auc: Figure
    called_sick: Figure


class Probes(BaseModel):
    """All of them.

    Attributes:
        unseen: whether each clip was put to a network that was trained without it.
        clips: how many were probed.
        untouched_auc: of the unchanged clips by the same networks.
        results: one a change.
        figures: for a card: `<name>_flips`, a family's mean under the family's name, and
            `silence_only_auc`.
    """

    model_config = ConfigDict(frozen=True)

    unseen: bool
    clips: int
    untouched_auc: Figure
    results: list[Probe]
    figures: dict[str, Figure]


def probability_by(networks: FoldNetworks, folds: npt.NDArray[np.intp]) -> Probability:
    """Ask the network of each clip's fold, through the front end that serves.

    Args:
        networks: of the folds.
        folds: (clips,), of each clip.
    """

    def probability(clip: int, waveform: Waveform) -> float:
        patches = waveform_to_patches(waveform, networks.front_end)
        return float(sigmoid(networks.logits(int(folds[clip]), [patches]))[0])

    return probability


def run_probes(
    examined: Examined,
    probability: Probability,
    changes: Iterable[Perturbation],
    chosen: Sequence[int],
    *,
    unseen: bool,
) -> Probes:
    """Change the chosen clips in every way and ask again.

    Args:
        examined: the clips.
        probability: the network's answer; see `probability_by`.
        changes: what is done to each clip.
        chosen: numbers of the clips to probe; both labels must occur among them.
        unseen: whether the networks were trained without the clips that they are asked. If so,
            their answers to the unchanged clips must be those of the record's first seed.

    Raises:
        DatasetError: they are not: the networks are not those of the record.
    """
    clean = _ask(examined, probability, chosen, lambda its, _: its, "unchanged")
    recorded = examined.answers[0, list(chosen)]  # the folds' networks are the first seed's
    if unseen and np.abs(clean - recorded).max() > _SAME_NETWORK:
        raise DatasetError(
            "the networks are not those of the record: their answers differ by up to "
            f"{np.abs(clean - recorded).max():.3f}"
        )
    labels = examined.labels[list(chosen)]
    sources = [examined.sources[clip] for clip in chosen]
    results, flipped = [], {}
    for change in changes:
        answers = _ask(examined, probability, chosen, change.apply, change.title)
        called = answers >= examined.threshold
        flipped[change.name] = (called != (clean >= examined.threshold)).astype(np.float64)
        results.append(
            Probe(
                name=change.name,
                title=change.title,
                meaning=change.meaning,
                flips=mean_figure(flipped[change.name], sources),
                auc=with_interval(auc, labels, answers, sources),
                called_sick=mean_figure(called.astype(np.float64), sources),
            )
        )
    return Probes(
        unseen=unseen,
        clips=len(chosen),
        untouched_auc=with_interval(auc, labels, clean, sources),
        results=results,
        figures=probe_figures(results, flipped, sources),
    )


def probe_figures(
    results: Sequence[Probe], flipped: dict[str, npt.NDArray[np.float64]], sources: Sequence[str]
) -> dict[str, Figure]:
    """The card's part: `mp3_32k_flips`, ..., `time_shift_flips`, `silence_only_auc`.

    Args:
        results: of `run_probes`.
        flipped: by name, (clips,), 1 where the answer flipped.
        sources: of each clip.
    """
    figures = {}
    for family, its in groupby(results, key=lambda result: result.name.partition(".")[0]):
        members = [result.name for result in its]
        if family == SILENCE_ONLY:
            continue
        mean = np.mean([flipped[name] for name in members], axis=0)
        figures[f"{family}_flips"] = mean_figure(mean, sources)
    return figures | {
        f"{result.name}_auc": result.auc for result in results if result.name == SILENCE_ONLY
    }


def _ask(
    examined: Examined,
    probability: Probability,
    chosen: Sequence[int],
    change: Callable[[Waveform, int], Waveform],
    title: str,
) -> Scores:
    bar = tqdm(chosen, desc=f"probe: {title}", unit="clip", leave=False)
    return np.array(
        [probability(clip, change(examined.recordings[clip].waveform, clip)) for clip in bar]
    )
