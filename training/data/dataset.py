"""A data set on disk → one checked table of clips, whatever its layout."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from training.data.clip import Clip, DatasetError, Listing
from training.data.examination import Sound, Unusable, examine
from training.data.grouping import merge_sources, same_content
from training.data.layouts import AUTO, LAYOUTS, find_layout, manifest

__all__ = ["Clip", "Dataset", "DatasetError", "load_dataset", "read_dataset"]

NAMED_PROBLEMS = 3
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dataset:
    """All clips that can be used, and what became of the others.

    Attributes:
        location: that was read.
        layout: its layout.
        clips: in the order of their paths; clips with a source, a subject or content in common
            have one source.
        sounds: of each clip's file.
        unusable: files that are missing or cannot be read.
        duplicates: groups of clips, as indices, that have the same content, and one label.
        contradictions: groups of files with the same content and different labels; they are not
            among the clips.
        left_out: recordings that the layout's rules leave out, counted by reason.
    """

    location: Path
    layout: str
    clips: list[Clip]
    sounds: list[Sound]
    unusable: list[Unusable]
    duplicates: list[list[int]]
    contradictions: list[list[Path]]
    left_out: Counter[str]

    def check_usable(self) -> None:
        """Raise DatasetError if files are missing or cannot be read."""
        for what, missing in (("missing", True), ("unreadable", False)):
            problems = [its.problem for its in self.unusable if its.missing is missing]
            if problems:
                first = "; ".join(problems[:NAMED_PROBLEMS])
                raise DatasetError(f"{len(problems)} files are {what}, first {first}")

    def check_trainable(self) -> None:
        """Raise DatasetError if a class has no clip or fewer than two sources."""
        for name, label in (("sick", 1), ("not sick", 0)):
            sources = {clip.source for clip in self.clips if clip.label == label}
            if not sources:
                raise DatasetError(f"{self.location.name} has no clip labelled {name}")
            if len(sources) == 1:
                raise DatasetError(
                    f"all clips labelled {name} come from one source: they cannot be split by "
                    "source"
                )


def read_dataset(
    location: Path,
    *,
    source_column: str = manifest.SOURCE_COLUMN,
    layout: str = AUTO,
    skip_unusable: bool = False,
) -> list[Clip]:
    """Read a data set and check that it can be trained on.

    Every file is decoded once. Files with the same bytes or samples get one source; if their
    labels differ, they are left out and a warning is logged.

    Args:
        location: a folder in any layout of `training.data.layouts`, or a CSV manifest.
        source_column: the manifest's column that names each recording's source.
        layout: its name, or "auto": by what stands there.
        skip_unusable: leave out files that are missing or cannot be decoded, with a warning.

    Returns:
        The clips, in the order of their paths: the same data give the same order everywhere.

    Raises:
        DatasetError: the layout, a column or a label is not known, a file is missing or cannot be
            decoded, or a class has no clip or fewer than two sources.
    """
    dataset = load_dataset(location, source_column=source_column, layout=layout)
    if not skip_unusable:
        dataset.check_usable()
    dataset.check_trainable()
    if dataset.contradictions:
        count = sum(map(len, dataset.contradictions))
        logger.warning("%d files have the same content under both labels: left out", count)
    if dataset.unusable:
        logger.warning("%d files are missing or unreadable: left out", len(dataset.unusable))
    return dataset.clips


def load_dataset(
    location: Path, *, source_column: str = manifest.SOURCE_COLUMN, layout: str = AUTO
) -> Dataset:
    """Read a data set and what is wrong with it; refuse only what cannot be understood.

    Args:
        location: see `read_dataset`.
        source_column: see `read_dataset`.
        layout: see `read_dataset`.

    Raises:
        DatasetError: the layout, a column or a label is not known.
    """
    name = find_layout(location, layout)
    if name == manifest.NAME:
        listing = manifest.read(location, source_column)
    else:
        listing = LAYOUTS[name].read(location)
    listed, left_out = _listed_once(listing)
    clips, sounds, unusable = [], [], []
    for clip, its in zip(listed, examine([clip.path for clip in listed]), strict=True):
        if isinstance(its, Unusable):
            unusable.append(its)
        else:
            clips.append(clip)
            sounds.append(its)
    contradictory = [
        group
        for group in same_content([its.contents for its in sounds])
        if len({clips[index].label for index in group}) > 1
    ]
    contradictions = [[clips[index].path for index in group] for group in contradictory]
    left = {index for group in contradictory for index in group}
    clips = [clip for index, clip in enumerate(clips) if index not in left]
    sounds = [its for index, its in enumerate(sounds) if index not in left]
    contents = [its.contents for its in sounds]
    return Dataset(
        location,
        name,
        merge_sources(clips, contents),
        sounds,
        unusable,
        same_content(contents),
        contradictions,
        left_out,
    )


def _listed_once(listing: Listing) -> tuple[list[Clip], Counter[str]]:
    """The clips in the order of their paths; what is listed twice in the same way stays once."""
    nameless = [clip.path.name for clip in listing.clips if not clip.source]
    if nameless:
        raise DatasetError(f"{len(nameless)} recordings have no source, first {nameless[0]}")
    once = set(listing.clips)
    left_out = Counter(listing.left_out)
    if len(once) < len(listing.clips):
        left_out["listed twice"] = len(listing.clips) - len(once)
    return sorted(once, key=lambda clip: (clip.path.as_posix(), clip.label)), left_out
