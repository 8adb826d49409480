"""Data sets as they are published, one module a layout.

Each says in its docstring what the layout looks like and how its labels become sick or not sick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.data.clip import DatasetError, Listing
from training.data.layouts import (
    coswara,
    coughvid,
    covid19_cough,
    esc,
    manifest,
    sick_sounds,
    virufy,
)

AUTO = "auto"


@dataclass(frozen=True)
class Layout:
    """A published layout.

    Attributes:
        looks_like: what stands in its folder, for people.
        recognises: whether a file or folder is of this layout.
        read: lists its recordings; DatasetError if its tables cannot be used.
    """

    looks_like: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], Listing]


# In the order in which they are tried: the more particular ones first.
LAYOUTS = {
    "covid19-cough": Layout(covid19_cough.LOOKS_LIKE, covid19_cough.recognises, covid19_cough.read),
    "coswara": Layout(coswara.LOOKS_LIKE, coswara.recognises, coswara.read),
    "coughvid": Layout(coughvid.LOOKS_LIKE, coughvid.recognises, coughvid.read),
    "virufy": Layout(virufy.LOOKS_LIKE, virufy.recognises, virufy.read),
    "esc": Layout(esc.LOOKS_LIKE, esc.recognises, esc.read),
    manifest.NAME: Layout(manifest.LOOKS_LIKE, manifest.recognises, manifest.read),
    "sick-sounds": Layout(sick_sounds.LOOKS_LIKE, sick_sounds.recognises, sick_sounds.read),
}


def find_layout(location: Path, name: str = AUTO) -> str:
    """The layout of a file or folder.

    Args:
        location: that holds the data set.
        name: of the layout, or "auto": by what stands there.

    Raises:
        DatasetError: there is nothing, no layout has that name, or none recognises it.
    """
    if name != AUTO and name not in LAYOUTS:
        raise DatasetError(
            f"there is no layout {name}; there are {AUTO}, {', '.join(sorted(LAYOUTS))}"
        )
    if not location.exists():
        raise DatasetError(f"there is no file or folder {location}")
    if name != AUTO:
        return name
    for candidate, layout in LAYOUTS.items():
        if layout.recognises(location):
            return candidate
    known = "; ".join(f"{name} has {layout.looks_like}" for name, layout in LAYOUTS.items())
    raise DatasetError(f"{location.name} is in no known layout: {known}")
