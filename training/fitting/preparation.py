"""From the command line's paths to everything that a fit needs, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.bundle import FrontEnd
from shared.errors import BundleError
from training.backbones.registry import backbone
from training.data.dataset import Clip, DatasetError, read_dataset
from training.data.noise import find_backgrounds
from training.data.recordings import read_waveforms
from training.evaluation.record import file_sha256, fingerprint
from training.fitting.configuration import Configuration
from training.fitting.feature_cache import FeatureCache, default_cache
from training.fitting.features import Features, compute_features
from training.fitting.network import to_activations
from training.fitting.on_bundle import BUNDLE, card_beside
from training.fitting.plan import plan_fits
from training.fitting.run_folder import Request
from training.fitting.start import front_end_of, start_as_configured
from training.fitting.view_maker import ViewMaker
from training.fitting.views import Views
from worker.spectrogram import Waveform


@dataclass(frozen=True)
class Inputs:
    """What a run starts from: found and hashed, not yet decoded.

    Attributes:
        clips: the table.
        backgrounds: recordings for the augmentation.
        weights: the file that the network starts from; None: the backbone finds its own.
        configuration: of every fit.
        data_sha256, weights_sha256: what a record of these data must bear.
    """

    clips: list[Clip]
    backgrounds: list[Path]
    weights: Path | None
    configuration: Configuration
    data_sha256: str
    weights_sha256: str

    def request(self, command: str) -> Request:
        """What a run of a command on these inputs is asked to do."""
        return Request(
            command=command,
            configuration=self.configuration.as_json(),
            data_sha256=self.data_sha256,
            weights_sha256=self.weights_sha256,
        )


@dataclass(frozen=True)
class Prepared:
    """Decoded data, their features, and where the network starts.

    Attributes:
        clips: the table.
        labels: float32 (clips,).
        waveforms: as decoded.
        front_end: that the network expects.
        features: clean and augmented.
        weights: the file that the network starts from; None: the backbone finds its own.
        configuration: of every fit.
        data_sha256, weights_sha256: what a record of these data must bear.
    """

    clips: list[Clip]
    labels: npt.NDArray[np.float32]
    waveforms: list[Waveform]
    front_end: FrontEnd
    features: Features
    weights: Path | None
    configuration: Configuration
    data_sha256: str
    weights_sha256: str

    @property
    def sources(self) -> list[str]:
        return [clip.source for clip in self.clips]

    def make_network(self, seed: int | None = None) -> Any:
        """A network with its starting weights; its new layers depend on the seed alone.

        Args:
            seed: default: the configuration's.
        """
        return start_as_configured(self.weights, self.configuration, seed)


def read_inputs(
    data: Path,
    weights: Path | None,
    noise: Sequence[Path],
    configuration: Configuration,
    *,
    source_column: str = "source_id",
) -> Inputs:
    """Find and hash everything that a run starts from.

    Args:
        data: manifest or folder; see `read_dataset`.
        weights: see `start_network`.
        noise: folders of backgrounds; see `find_backgrounds`.
        configuration: of every fit.
        source_column: of the manifest.

    Raises:
        DatasetError: the data cannot be used.
        BundleError: the weights are missing or cannot be read.
    """
    weights_sha256 = _weights_sha256(weights, configuration.backbone)
    clips = read_dataset(data, source_column=source_column)
    backgrounds = [path for folder in noise for path in find_backgrounds(folder)]
    # Refused here rather than after minutes of decoding: a class with too few sources.
    labels = np.array([clip.label for clip in clips], dtype=np.float32)
    plan_fits(labels, [clip.source for clip in clips], configuration)
    try:
        data_sha256 = fingerprint(clips, backgrounds)
    except OSError as error:
        raise DatasetError(f"{error.filename} cannot be read: {error.strerror}") from error
    return Inputs(clips, backgrounds, weights, configuration, data_sha256, weights_sha256)


def prepare(inputs: Inputs, *, cache: Path | None = None) -> Prepared:
    """Decode, augment, and compute features, or take them from the cache.

    Args:
        inputs: of `read_inputs`.
        cache: the features' folder; default: see `default_cache`.

    Raises:
        DatasetError: a recording cannot be decoded.
        BundleError: the weights cannot be used.
        CannotWriteError: the cache cannot be written.
    """
    configuration = inputs.configuration
    # First, since it refuses weights that cannot be used before minutes are spent.
    network = start_as_configured(inputs.weights, configuration)
    front_end = front_end_of(network, inputs.weights, configuration)
    paths = [clip.path for clip in inputs.clips]
    hashes = "".join(file_sha256(path) for path in inputs.backgrounds)
    maker = ViewMaker(
        front_end=front_end,
        recipe=configuration.recipe,
        backgrounds=tuple(inputs.backgrounds),
        backgrounds_sha256=hashlib.sha256(hashes.encode()).hexdigest(),
        seed=configuration.seed,
    )
    views = Views(
        maker, paths, [file_sha256(path) for path in paths], FeatureCache(cache or default_cache())
    )
    features = compute_features(
        to_activations(network),
        views,
        front_end,
        views=configuration.views,
        train_patch_hop=configuration.train_patch_hop or front_end.patch_frames,
        seed=configuration.seed,
    )
    return Prepared(
        clips=inputs.clips,
        labels=np.array([clip.label for clip in inputs.clips], dtype=np.float32),
        waveforms=read_waveforms(paths, front_end.sample_rate),
        front_end=front_end,
        features=features,
        weights=inputs.weights,
        configuration=configuration,
        data_sha256=inputs.data_sha256,
        weights_sha256=inputs.weights_sha256,
    )


def _weights_sha256(weights: Path | None, name: str) -> str:
    """Of a file, of all files of a folder, or of what the backbone says of its own weights."""
    if name == BUNDLE:
        card_beside(weights)
    if weights is None:
        return hashlib.sha256(backbone(name).base_weights.encode()).hexdigest()
    try:
        if weights.is_dir():
            files = sorted(path for path in weights.rglob("*") if path.is_file())
            return hashlib.sha256("".join(map(file_sha256, files)).encode()).hexdigest()
        return file_sha256(weights)
    except OSError as error:
        raise BundleError(f"{weights} cannot be read: {error.strerror}") from error
