"""The colours: one palette of at most 256 a picture, so that its PNG is small.

The first colours are the plot's, the last 16 the greys of axes and letters.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Colours = npt.NDArray[np.uint8]  # (n, 3), RGB
Floats = npt.NDArray[np.float64]

GREYS = 16
SHADES = 16
TINTS = 15  # odd: one in the middle has no colour

# Every tenth of matplotlib's magma (van der Walt and Smith 2015, CC0): even in lightness, so that
# it reads the same in grey and to the colour-blind.
_MAGMA = "000004 140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf"
# Blue and orange are told apart with every common colour blindness.
_BLUE, _WHITE, _ORANGE, _TEAL = "1f6fc2", "ffffff", "e8720c", "17a596"
_DARKEST = 0.15  # share of its light that the loudest sound leaves of a tint


def magma(count: int) -> Colours:
    """From dark to light."""
    return _between(_MAGMA.split(), count)


def for_and_against() -> Colours:
    """`TINTS` from blue over white to orange."""
    return _between([_BLUE, _WHITE, _ORANGE], TINTS)


def attention() -> Colours:
    """`TINTS` from white to teal."""
    return _between([_WHITE, _TEAL], TINTS)


def shaded(tints: Colours) -> Colours:
    """Each tint in `SHADES` shades, down to almost black; index: tint * SHADES + shade."""
    # Squared: only what is loud is dark, and tints can be told apart in a room's noise.
    light = 1.0 - (1.0 - _DARKEST) * np.linspace(0.0, 1.0, SHADES) ** 2
    return np.rint(tints[:, None, :] * light[None, :, None]).astype(np.uint8).reshape(-1, 3)


def with_greys(plot: Colours) -> Colours:
    """The plot's colours, and after them `GREYS` from black to white."""
    greys = np.repeat(np.linspace(0, 255, GREYS)[:, None], 3, axis=1)
    return np.concatenate([plot, np.rint(greys).astype(np.uint8)])


def _between(names: list[str], count: int) -> Colours:
    anchors = np.array([list(bytes.fromhex(name)) for name in names], dtype=np.float64)
    places = np.linspace(0, len(names) - 1, count)
    known = np.arange(len(names))
    channels = [np.interp(places, known, anchors[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)
