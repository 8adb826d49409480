"""Nested cross-validation by source over seeds: no test fold has a hand in its own figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shared.bundle import Calibration
from training.fitting.calibration import calibrate, fit_platt
from training.fitting.configuration import Configuration
from training.fitting.features import Features
from training.fitting.fine_tuner import FineTuner, Logits, clip_logits
from training.fitting.plan import PlannedFit, plan_fits
from training.fitting.run_folder import RunFolder

PROTOCOL = (
    "{folds}-fold cross-validation grouped by source and stratified by label{repeats}. In each "
    "fold the network is fine-tuned for a fixed number of epochs, and its Platt calibration is "
    "fitted by {calibration_folds}-fold cross-validation by source inside the training part; the "
    "threshold is 0.5. {measured}Figures are of the pooled out-of-fold probabilities{averaged}, "
    "with 95 % percentile bootstrap intervals over sources."
)


def protocol_of(configuration: Configuration) -> str:
    """How the figures were measured, for the card."""
    many = configuration.seeds > 1 and not configuration.soup
    soup = (
        f"What is measured is one network a fold, the mean of the weights of {configuration.seeds} "
        "fits from the same start. "
    )
    return PROTOCOL.format(
        measured=soup if configuration.soup else "",
        folds=configuration.folds,
        calibration_folds=configuration.calibration_folds,
        repeats=f", repeated with {configuration.seeds} seeds on the same folds" if many else "",
        averaged=" of one seed, averaged over the seeds" if many else "",
    )


@dataclass(frozen=True)
class OutOfFold:
    """What the folds' networks say of the clips that they were not trained on.

    Attributes:
        folds: (clips,), the fold in which each clip was tested.
        seeds: of the repeats.
        logits: (seeds, clips), raw.
        probabilities: (seeds, clips), calibrated inside the training part of the fold.
        calibrations: of each fold, the same for all seeds.
        soup_logits: (clips,), of each fold's one network that averages its seeds' weights, where
            the configuration asks for a soup.
    """

    folds: npt.NDArray[np.intp]
    seeds: tuple[int, ...]
    logits: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float64]
    calibrations: tuple[Calibration, ...]
    soup_logits: Logits | None = None

    @property
    def soup_probabilities(self) -> npt.NDArray[np.float64] | None:
        """(clips,), calibrated as the seeds' are."""
        if self.soup_logits is None:
            return None
        calibrated = np.zeros(len(self.folds))
        for fold, calibration in enumerate(self.calibrations):
            its = self.folds == fold
            calibrated[its] = calibrate(self.soup_logits[its], calibration)
        return calibrated


class NetworkKeeper(Protocol):
    """Keeps the folds' networks, the first seed's or the soup, for who wants to ask them more."""

    def has(self, fold: int) -> bool:
        """Whether the network of a fold, from 0, is kept already."""

    def keep(self, fold: int, network: Any) -> None:
        """Keep the network of a fold."""

    def calibrate(self, fold: int, calibration: Calibration) -> None:
        """Keep the calibration of a fold."""


def cross_validate(
    make_tuner: Callable[[int], FineTuner],
    features: Features,
    labels: npt.NDArray[np.float32],
    sources: Sequence[str],
    configuration: Configuration,
    *,
    run: RunFolder | None = None,
    keeper: NetworkKeeper | None = None,
    logs: Path | None = None,
) -> OutOfFold:
    """Fine-tune, calibrate and test once a fold and a seed.

    Args:
        make_tuner: gives the tuner of a seed.
        features: of all clips, from the network's frozen blocks.
        labels: float32 (clips,), 0 or 1.
        sources: of each clip.
        configuration: of every fit.
        run: where finished fits are kept and found again.
        keeper: of the first seed's networks.
        logs: folder for TensorBoard's event files, one subfolder a tested fit.

    Raises:
        DatasetError: a class has too few sources for the folds.
        CannotWriteError: the run folder cannot be written.
    """
    planned = plan_fits(labels, sources, configuration)
    given: dict[str, Logits] = {}
    ingredients: dict[str, list[npt.NDArray[np.float32]]] = {}
    tuner: FineTuner | None = None
    tuned_seed: int | None = None
    for number, fit in enumerate(planned, start=1):
        tested = fit.part is None
        stirred = tested and bool(configuration.soup)
        wanted = keeper if tested and not stirred and fit.seed == configuration.seed else None
        known = run.finished(fit.name) if run else None
        weights = run.weights(fit.name) if run and stirred else None
        if weights is not None:
            ingredients[fit.name] = weights
        needed = (wanted and not wanted.has(fit.fold)) or (stirred and weights is None)
        if known is not None and not needed:
            given[fit.name] = known
            continue
        print(f"fit {number} of {len(planned)}: {fit.name}", flush=True)
        if tuner is None or tuned_seed != fit.seed:
            tuner, tuned_seed = make_tuner(fit.seed), fit.seed
        tuner.fit(
            features,
            labels,
            fit.train,
            logs=logs / fit.name if logs and fit.part is None else None,
            checkpoint=run.checkpoint(fit.name) if run else None,
        )
        given[fit.name] = clip_logits(tuner.network, [features.clean[clip] for clip in fit.test])
        if wanted:
            wanted.keep(fit.fold, tuner.network)
        if stirred:
            ingredients[fit.name] = tuner.weights
        if run:
            run.finish(fit.name, given[fit.name], ingredients.get(fit.name, ()))
    pooled = _pool(planned, given, labels, configuration, keeper)
    if not configuration.soup:
        return pooled
    soup_logits = np.zeros(len(labels))
    tuner = tuner or make_tuner(configuration.seed)
    for fold in range(configuration.folds):
        fits = [fit for fit in planned if fit.fold == fold and fit.part is None]
        tuner.stir([ingredients[fit.name] for fit in fits])
        test = fits[0].test
        soup_logits[test] = clip_logits(tuner.network, [features.clean[clip] for clip in test])
        if keeper:
            keeper.keep(fold, tuner.network)
    return replace(pooled, soup_logits=soup_logits)


def _pool(
    planned: Sequence[PlannedFit],
    given: dict[str, Logits],
    labels: npt.NDArray[np.float32],
    configuration: Configuration,
    keeper: NetworkKeeper | None,
) -> OutOfFold:
    """Calibrate each fold by what its inner networks said of the clips held out from them."""
    seeds = tuple(configuration.all_seeds)
    folds = np.full(len(labels), -1, dtype=np.intp)
    logits = np.zeros((len(seeds), len(labels)))
    probabilities = np.zeros((len(seeds), len(labels)))
    calibrations = []
    for fold in range(configuration.folds):
        fits = [fit for fit in planned if fit.fold == fold]
        inner = [fit for fit in fits if fit.part is not None]
        calibration = fit_platt(
            np.concatenate([given[fit.name] for fit in inner]),
            np.concatenate([labels[fit.test] for fit in inner]),
        )
        calibrations.append(calibration)
        if keeper:
            keeper.calibrate(fold, calibration)
        for fit in fits:
            if fit.part is None:
                row = seeds.index(fit.seed)
                folds[fit.test] = fold
                logits[row, fit.test] = given[fit.name]
                probabilities[row, fit.test] = calibrate(given[fit.name], calibration)
    return OutOfFold(folds, seeds, logits, probabilities, tuple(calibrations))
