"""The headline table: the network and what it must beat, on the same clips, by the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from shared.bundle import Figure
from training.evaluation.examined import Examined
from training.evaluation.metrics import Scores, all_figures
from training.evaluation.simple_models import out_of_fold

NETWORK = "network"
UNTOUCHED = "yamnet_untouched"
_EXPLAINED = {
    NETWORK: ("The network", "trained on the other folds, calibrated inside them"),
    "majority_class": ("Majority class", "always the more frequent answer, without listening"),
    "level_alone": ("Level alone", "how loud the file is: peak and mean power, nothing else"),
    "duration_alone": ("Duration alone", "how long the file is, nothing else"),
    "metadata_alone": (
        "Metadata alone",
        "codec, sample rate, channels and, where the data tell, the device: nothing is heard",
    ),
    "mfcc_statistics": (
        "MFCC statistics",
        "mean and spread over time of classic speech features, with logistic regression",
    ),
    UNTOUCHED: (
        "YAMNet untouched",
        "a published sound classifier that never saw these labels: the greater of its "
        "probabilities of Cough and of Sneeze",
    ),
}


class Contender(BaseModel):
    """One row of the table.

    Attributes:
        name: for programs.
        title: for people.
        meaning: what it looks at.
        figures: each of `METRICS`.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    meaning: str
    figures: dict[str, Figure]


def compare(
    examined: Examined, simple: Mapping[str, Scores], untouched: Scores | None
) -> list[Contender]:
    """Every contender's figures, the network's first.

    Args:
        examined: the network's out-of-fold answers.
        simple: P(sick) by each simple model, out of fold.
        untouched: YAMNet's own score of each clip, if there is one. It ranks the clips as it is;
            for the figures of probabilities it is calibrated out of fold.
    """
    labels, sources = examined.labels, examined.sources
    network = all_figures(labels, examined.answers, sources, threshold=examined.threshold)
    table = [_contender(NETWORK, network)]
    table += [_contender(name, all_figures(labels, its, sources)) for name, its in simple.items()]
    if untouched is not None:
        opinion = second_opinion(examined, untouched)
        table.append(
            _contender(UNTOUCHED, all_figures(labels, opinion, sources, ranking=untouched))
        )
    return table


def second_opinion(examined: Examined, untouched: Scores) -> Scores:
    """YAMNet's scores as P(sick): one slope and one offset, fitted on the other folds.

    Args:
        examined: the clips and their folds.
        untouched: (clips,), 0 to 1.
    """
    bounded = np.clip(untouched, 1e-4, 1 - 1e-4)
    logits = np.log(bounded / (1 - bounded))
    return out_of_fold(logits[:, None], examined.labels, examined.folds)


def _contender(name: str, figures: dict[str, Figure]) -> Contender:
    title, meaning = _EXPLAINED[name]
    return Contender(name=name, title=title, meaning=meaning, figures=figures)


def by_name(table: Sequence[Contender], name: str) -> Contender:
    """The contender of that name, which must be there."""
    return next(its for its in table if its.name == name)
