"""One row of the table that every data set becomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import ScreeningError

AUDIO_SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".m4a", ".mp4", ".webm"}
)


class DatasetError(ScreeningError):
    """The recordings cannot be trained on as they are."""

    code = "invalid_dataset"
    title = "The data set cannot be used for training"


@dataclass(frozen=True)
class Clip:
    """One labelled recording.

    Attributes:
        path: the recording.
        label: 1 is sick, 0 is not sick; what that means, each layout says.
        source: what it was cut from (a video, a person): no source may be on two sides of a split.
        subject: who is heard; "" where nobody knows.
        device: device, channel or codec class that the data set tells; "" where it does not.
        split: the data set's own split, such as a fold's number; "" where it has none.
    """

    path: Path
    label: int
    source: str
    subject: str = ""
    device: str = ""
    split: str = ""


@dataclass(frozen=True)
class Listing:
    """What a layout lists, before anything is checked.

    Attributes:
        clips: in any order.
        left_out: recordings that the layout's rules leave out, counted by reason.
    """

    clips: list[Clip]
    left_out: Counter[str] = field(default_factory=Counter)
