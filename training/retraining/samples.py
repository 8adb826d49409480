"""What `--image_dir` holds → labelled samples with their patches: pictures, or recordings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.bundle import FrontEnd
from training.backbones.registry import Backbone
from training.data.clip import Clip, DatasetError
from training.data.dataset import read_dataset
from training.data.recordings import decode_file, in_parallel, read_bytes
from training.retraining.pictures import read_picture
from training.retraining.rendering import FOLDERS, PICTURE_SUFFIX
from worker.features import cut_patches, waveform_to_patches
from worker.spectrogram import Patches

# As the proof of concept's folders were named, and as recordings' folders may be.
_LABELS = {**{name: label for label, name in FOLDERS.items()}, "not_sick": 0}
_LEAST_PER_CLASS = 2


@dataclass(frozen=True)
class Sample:
    """One labelled clip, ready for a network.

    Attributes:
        name: of its file.
        label: 1 is sick, 0 is not sick.
        source: what it was cut from.
        sha256: of what its patches are made from: the picture's levels, or the recording's file.
        patches: float32 (patches, patch_frames, feature_width).
    """

    name: str
    label: int
    source: str
    sha256: str
    patches: Patches


@dataclass(frozen=True)
class Samples:
    """All samples, in the order of their paths, and the front end that made them."""

    front_end: FrontEnd
    samples: list[Sample]

    @property
    def labels(self) -> list[int]:
        """Of each sample."""
        return [its.label for its in self.samples]

    @property
    def sources(self) -> list[str]:
        """Of each sample."""
        return [its.source for its in self.samples]


def read_samples(folder: Path, chosen: Backbone, features: str | None) -> Samples:
    """Read a folder of pictures that `spectrograms` made, or of recordings.

    Args:
        folder: with `sick/` and `not sick/`.
        chosen: the network that the samples are for.
        features: the kind to make of recordings; None: the network's own. Pictures are log-mel.

    Raises:
        DatasetError: there is nothing, a file cannot be read, pictures are of several front
            ends or the same under both labels, or a class lacks samples.
        BackboneError: the network does not take such features.
    """
    pictures = _labelled_pictures(folder)
    if pictures:
        if features not in (None, "logmel"):
            raise DatasetError(f"pictures hold log-mel, not {features}: give the recordings")
        found = _read_pictures(pictures)
    else:
        found = _read_recordings(folder, chosen.front_end_of(features))
    chosen.check_front_end(found.front_end)
    return found


def _labelled_pictures(folder: Path) -> dict[Path, int]:
    if not folder.is_dir():
        raise DatasetError(f"there is no folder {folder}")
    labelled = {
        path: _LABELS[child.name.lower()]
        for child in sorted(folder.iterdir())
        if child.is_dir() and child.name.lower() in _LABELS
        for path in child.rglob(f"*{PICTURE_SUFFIX}")
    }
    return dict(sorted(labelled.items(), key=lambda its: its[0].as_posix()))


def _read_pictures(labelled: dict[Path, int]) -> Samples:
    read = list(in_parallel(read_picture, labelled, "pictures"))
    front_ends = {picture.front_end for picture in read}
    if len(front_ends) > 1:
        raise DatasetError(f"the pictures were made by {len(front_ends)} different front ends")
    front_end = front_ends.pop()
    samples = [
        Sample(
            path.name,
            label,
            picture.source,
            hashlib.sha256(picture.levels.tobytes()).hexdigest(),
            cut_patches(picture.levels, front_end),
        )
        for (path, label), picture in zip(labelled.items(), read, strict=True)
    ]
    _check(samples)
    return Samples(front_end, samples)


def _read_recordings(folder: Path, front_end: FrontEnd) -> Samples:
    by_path: dict[Path, Clip] = {clip.path: clip for clip in read_dataset(folder)}

    def sample_of(path: Path) -> Sample:
        clip, data = by_path[path], read_bytes(path)
        waveform = decode_file(path, data, front_end.sample_rate).waveform
        return Sample(
            path.name,
            clip.label,
            clip.source,
            hashlib.sha256(data).hexdigest(),
            waveform_to_patches(waveform, front_end),
        )

    return Samples(front_end, list(in_parallel(sample_of, by_path, "features")))


def _check(samples: Sequence[Sample]) -> None:
    for label, name in FOLDERS.items():
        if sum(its.label == label for its in samples) < _LEAST_PER_CLASS:
            raise DatasetError(f"fewer than {_LEAST_PER_CLASS} pictures are in {name}/")
    labels: dict[str, int] = {}
    for its in samples:
        if labels.setdefault(its.sha256, its.label) != its.label:
            raise DatasetError(f"{its.name} is the same picture as one under the other label")
