"""Where the errors are: the confusion matrix, and accuracy by source, duration and device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from shared.bundle import Figure
from training.evaluation.bootstrap import mean_figure
from training.evaluation.examined import Examined

_DURATION_GROUPS = 4


class Confusion(BaseModel):
    """How many clips of each label got each answer, on average over the repeats."""

    model_config = ConfigDict(frozen=True)

    sick_called_sick: float
    sick_called_not_sick: float
    not_sick_called_sick: float
    not_sick_called_not_sick: float


class Group(BaseModel):
    """Clips that have something in common.

    Attributes:
        name: what.
        clips, sources, sick, wrong: how many; wrong on average over the repeats.
        accuracy: share answered rightly; its interval is over sources.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    clips: int
    sources: int
    sick: int
    wrong: float
    accuracy: Figure


class SourceErrors(BaseModel):
    """One source, and how many of its clips were answered wrongly, on average over the repeats."""

    model_config = ConfigDict(frozen=True)

    source: str
    clips: int
    sick: int
    wrong: float


def confusion(examined: Examined) -> Confusion:
    """The confusion matrix at the threshold."""
    sick, wrong = examined.labels > 0, examined.wrong
    return Confusion(
        sick_called_sick=float((1 - wrong)[sick].sum()),
        sick_called_not_sick=float(wrong[sick].sum()),
        not_sick_called_sick=float(wrong[~sick].sum()),
        not_sick_called_not_sick=float((1 - wrong)[~sick].sum()),
    )


def errors_by_source(examined: Examined) -> list[SourceErrors]:
    """Every source, those with most wrong answers first."""
    members: dict[str, list[int]] = defaultdict(list)
    for clip, source in enumerate(examined.sources):
        members[source].append(clip)
    labels, wrong = examined.labels, examined.wrong
    found = [
        SourceErrors(
            source=source,
            clips=len(its),
            sick=int(labels[its].sum()),
            wrong=float(wrong[its].sum()),
        )
        for source, its in members.items()
    ]
    return sorted(found, key=lambda its: (-its.wrong, its.clips, its.source))


def groups_by_duration(examined: Examined) -> list[Group]:
    """Up to four groups of about as many clips each, from the shortest to the longest."""
    seconds = np.array([round(recording.duration_s, 3) for recording in examined.recordings])
    shares = np.linspace(0.0, 1.0, _DURATION_GROUPS + 1)[1:-1]
    borders = np.unique(np.quantile(seconds, shares, method="lower"))
    numbers = np.searchsorted(borders, seconds)  # up to and with a border
    return [
        _group(examined, numbers == number, _span(seconds[numbers == number]))
        for number in np.unique(numbers)
    ]


def groups_by_device(examined: Examined) -> list[Group]:
    """One group a device; none where the data name no devices."""
    if examined.devices is None:
        return []
    devices = np.asarray(examined.devices)
    return [_group(examined, devices == name, str(name)) for name in np.unique(devices)]


def groups_by_fold(examined: Examined) -> list[Group]:
    """One group a fold, numbered from 1."""
    return [
        _group(examined, examined.folds == fold, f"fold {fold + 1}")
        for fold in np.unique(examined.folds)
    ]


def _span(seconds: npt.NDArray[np.float64]) -> str:
    low, high = seconds.min(), seconds.max()
    return f"{low:.2f} s" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f} s"


def _group(examined: Examined, inside: npt.NDArray[np.bool_], name: str) -> Group:
    sources: Sequence[str] = np.asarray(examined.sources)[inside].tolist()
    wrong = examined.wrong[inside]
    return Group(
        name=name,
        clips=int(inside.sum()),
        sources=len(set(sources)),
        sick=int(examined.labels[inside].sum()),
        wrong=float(wrong.sum()),
        accuracy=mean_figure(1 - wrong, sources),
    )
