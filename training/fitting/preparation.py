"""From the command line's paths to everything that a fit needs, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.bundle import FrontEnd
from training.data.dataset import Clip, read_dataset
from training.data.noise import find_backgrounds
from training.data.recordings import read_waveforms
from training.evaluation.record import file_sha256, fingerprint
from training.fitting.configuration import Configuration
from training.fitting.features import Features, compute_features
from training.fitting.network import FROZEN, start_network
from training.front_end import YAMNET_FRONT_END
from worker.spectrogram import Waveform


@dataclass(frozen=True)
class Prepared:
    """Decoded data, their features, and where the network starts.

    Attributes:
        clips: the table.
        labels: float32 (clips,).
        waveforms: as decoded.
        front_end: that the network expects.
        features: clean and augmented.
        weights: the file that the network starts from.
        configuration: of every fit.
        data_sha256, weights_sha256: what a record of these data must bear.
    """

    clips: list[Clip]
    labels: npt.NDArray[np.float32]
    waveforms: list[Waveform]
    front_end: FrontEnd
    features: Features
    weights: Path
    configuration: Configuration
    data_sha256: str
    weights_sha256: str

    @property
    def sources(self) -> list[str]:
        return [clip.source for clip in self.clips]

    def make_network(self) -> Any:
        """A network with its starting weights; its new layers depend on the seed alone."""
        return _start(self.weights, self.configuration)


def prepare(
    data: Path,
    weights: Path,
    noise: Sequence[Path],
    configuration: Configuration,
    *,
    source_column: str = "source_id",
) -> Prepared:
    """Read, decode, augment, and compute features.

    Args:
        data: manifest or folder; see `read_dataset`.
        weights: see `start_network`.
        noise: folders of backgrounds; see `find_backgrounds`.
        configuration: of every fit.
        source_column: of the manifest.

    Raises:
        DatasetError: the data cannot be used.
        BundleError: the weights cannot be used.
    """
    clips = read_dataset(data, source_column=source_column)
    backgrounds = [path for folder in noise for path in find_backgrounds(folder)]
    network = _start(weights, configuration)
    read = partial(read_waveforms, sample_rate=YAMNET_FRONT_END.sample_rate)
    waveforms = read(clip.path for clip in clips)
    features = compute_features(
        network.get_layer(FROZEN),
        waveforms,
        read(backgrounds),
        YAMNET_FRONT_END,
        recipe=configuration.recipe,
        views=configuration.views,
        seed=configuration.seed,
    )
    return Prepared(
        clips=clips,
        labels=np.array([clip.label for clip in clips], dtype=np.float32),
        waveforms=waveforms,
        front_end=YAMNET_FRONT_END,
        features=features,
        weights=weights,
        configuration=configuration,
        data_sha256=fingerprint(clips, backgrounds),
        weights_sha256=file_sha256(weights),
    )


def _start(weights: Path, configuration: Configuration) -> Any:
    return start_network(
        weights,
        first_trained=configuration.first_trained_layer,
        dropout=configuration.dropout,
        seed=configuration.seed,
        threads=configuration.threads,
    )
