"""Prepared data → how much of the figure is the recording device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shared.bundle import Figure
from training.data.clip import DatasetError
from training.data.recordings import read_recordings
from training.data.splits import Indices, folds_by_source
from training.evaluation.device_study import POOLED, DeviceCount, DeviceStudy
from training.evaluation.metrics import Scores, all_figures
from training.evaluation.simple_models import (
    Columns,
    duration_columns,
    level_columns,
    metadata_columns,
    noise_floor_columns,
    one_hot,
    out_of_fold,
)
from training.fitting.calibration import sigmoid
from training.fitting.crossvalidation import cross_validate
from training.fitting.features import Features
from training.fitting.fine_tuner import FineTuner, clip_logits
from training.fitting.preparation import Prepared
from training.fitting.run_folder import RunFolder

_ONLY_POOLED = "device_alone"  # within a device there is nothing to tell


def devices_of(names: Sequence[str], labels: npt.NDArray[np.float32]) -> dict[str, Indices]:
    """The clips of each device, by name.

    Args:
        names: the device of each clip.
        labels: (clips,), 0 or 1.

    Raises:
        DatasetError: a clip has no device, there is one device only, or one has clips of one label
            only.
    """
    nameless = sum(not name for name in names)
    if nameless:
        raise DatasetError(f"{nameless} of {len(names)} clips name no device")
    found = {
        name: np.flatnonzero(np.equal(names, name)).astype(np.intp) for name in sorted(set(names))
    }
    if len(found) == 1:
        raise DatasetError(f"all clips come from one device, {names[0]}: there is none to compare")
    for name, clips in found.items():
        if len(np.unique(labels[clips])) < 2:
            raise DatasetError(f"the clips of {name} bear one label only")
    return found


class DeviceFits:
    """Networks trained on some devices of prepared data.

    Args:
        prepared: the data, all devices together.
        run: where finished fits are kept and found again, a folder for each part.
    """

    def __init__(self, prepared: Prepared, run: RunFolder | None = None) -> None:
        self._prepared = prepared
        self._run = run
        self._tuners: dict[int, FineTuner] = {}

    def out_of_fold(self, name: str, clips: Indices) -> Scores:
        """Calibrated P(sick) of some clips, (seeds, clips), by networks trained on others of them.

        Args:
            name: of the part, for its folder.
            clips: indices.

        Raises:
            DatasetError: a class has too few sources for the folds.
        """
        prepared = self._prepared
        try:
            tested = cross_validate(
                self._tuner,
                _some(prepared.features, clips),
                prepared.labels[clips],
                [prepared.sources[clip] for clip in clips],
                replace(prepared.configuration, soup=0),
                run=self._part(name),
            )
        except DatasetError as error:
            raise DatasetError(f"{name}: {error.detail}") from error
        return tested.probabilities

    def across(self, name: str, train: Indices, test: Indices) -> Scores:
        """P(sick) of some clips, (seeds, clips), by networks trained on all the others given.

        They are not calibrated, as nobody could who has the first device alone: they rank.
        """
        prepared, run = self._prepared, self._part(name)
        answers = []
        for seed in prepared.configuration.all_seeds:
            logits = run.finished(f"seed{seed}") if run else None
            if logits is None:
                tuner = self._tuner(seed)
                tuner.fit(prepared.features, prepared.labels, train)
                clean = [prepared.features.clean[clip] for clip in test]
                logits = clip_logits(tuner.network, clean)
                if run:
                    run.finish(f"seed{seed}", logits)
            answers.append(sigmoid(logits))
        return np.array(answers)

    def _tuner(self, seed: int) -> FineTuner:
        if seed not in self._tuners:
            configuration = replace(self._prepared.configuration, seed=seed)
            self._tuners[seed] = FineTuner(self._prepared.make_network(seed), configuration)
        return self._tuners[seed]

    def _part(self, name: str) -> RunFolder | None:
        return RunFolder(self._run.folder / name, self._run.run) if self._run else None


def study_devices(prepared: Prepared, command: str, run: RunFolder | None = None) -> DeviceStudy:
    """Measure the network and the simple models on all clips, within devices and across them.

    Args:
        prepared: the data and the configuration.
        command: that reproduces it, as a card quotes it.
        run: where finished fits are kept and found again.

    Raises:
        DatasetError: see `devices_of`; a device has too few sources for the folds.
        CannotWriteError: the run folder cannot be written.
    """
    names = [clip.device for clip in prepared.clips]
    devices = devices_of(names, prepared.labels)
    everything = np.arange(len(names), dtype=np.intp)
    for clips in devices.values():  # refused before the first fit
        _folds(prepared, clips)
    fits = DeviceFits(prepared, run)

    def auc_of(clips: Indices, answers: Scores) -> Figure:
        sources = [prepared.sources[clip] for clip in clips]
        return all_figures(prepared.labels[clips], answers, sources)["auc"]

    figures = {POOLED: auc_of(everything, fits.out_of_fold("pooled", everything))}
    for name, clips in devices.items():
        figures[f"auc_within_{name}"] = auc_of(clips, fits.out_of_fold(f"within-{name}", clips))
    for one, its in devices.items():
        for other, theirs in devices.items():
            if one != other:
                answers = fits.across(f"{one}-to-{other}", its, theirs)
                figures[f"auc_{one}_to_{other}"] = auc_of(theirs, answers)

    baselines = {}
    for what, columns in _simple_columns(prepared, names).items():
        parts = {"": everything}
        if what != _ONLY_POOLED:
            parts |= {f"_within_{name}": clips for name, clips in devices.items()}
        for suffix, clips in parts.items():
            answers = out_of_fold(columns[clips], prepared.labels[clips], _folds(prepared, clips))
            baselines[f"{what}_auc{suffix}"] = auc_of(clips, answers)
    return DeviceStudy(
        data_sha256=prepared.data_sha256,
        weights_sha256=prepared.weights_sha256,
        configuration=prepared.configuration.as_json(),
        command=command,
        devices={
            name: DeviceCount(clips=len(clips), sick=int(prepared.labels[clips].sum()))
            for name, clips in devices.items()
        },
        figures=figures,
        baselines=baselines,
    )


def _simple_columns(prepared: Prepared, names: Sequence[str]) -> dict[str, Columns]:
    paths = [clip.path for clip in prepared.clips]
    recordings = read_recordings(paths, prepared.front_end.sample_rate)
    return {
        _ONLY_POOLED: one_hot(names),
        "metadata_alone": metadata_columns(recordings, None),
        "noise_floor_alone": noise_floor_columns(prepared.waveforms, prepared.front_end),
        "level_alone": level_columns(prepared.waveforms),
        "duration_alone": duration_columns(recordings),
    }


def _folds(prepared: Prepared, clips: Indices) -> npt.NDArray[np.intp]:
    """The fold that tests each of some clips, (clips,), by source within them."""
    configuration = prepared.configuration
    sources = [prepared.sources[clip] for clip in clips]
    labels = prepared.labels[clips].astype(int).tolist()
    folds = np.empty(len(clips), dtype=np.intp)
    splits = folds_by_source(labels, sources, configuration.folds, configuration.seed)
    for fold, (_, test) in enumerate(splits):
        folds[test] = fold
    return folds


def _some(features: Features, clips: Indices) -> Features:
    return Features(
        [features.clean[clip] for clip in clips],
        [[view[clip] for clip in clips] for view in features.views],
    )
