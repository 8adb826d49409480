"""A picture's paper: a plot with its axes, a colour bar, words above and small print below."""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from worker.pictures.colours import GREYS, Colours, with_greys
from worker.pictures.levels import BANDS, COLUMNS
from worker.pictures.ticks import Tick

Indices = npt.NDArray[np.uint8]

ROWS_A_BAND = 4
LEFT, TOP, RIGHT = 72, 108, 136
PLOT_HEIGHT = BANDS * ROWS_A_BAND
WIDTH = LEFT + COLUMNS + RIGHT

_BOTTOM = 56
_BAR_LEFT, _BAR_WIDTH = LEFT + COLUMNS + 22, 18
_TICK = 5
_TITLE, _TEXT, _SMALL = 22, 14, 12  # heights of letters, pixels
_LINE = 16  # of small print
_BLACK, _GREY, _WHITE = 20, 90, 255


class Canvas:
    """White paper with a plot of `COLUMNS` by `BANDS` on it. Everything else goes around that.

    Letters and lines are drawn in greys, the plot in colours of a palette; `png` joins the two.
    """

    def __init__(self, small_print: list[str]) -> None:
        """Take as much paper as the small print needs.

        Args:
            small_print: paragraphs.
        """
        lines = [line for text in small_print for line in _wrapped(text, WIDTH - LEFT - 24)]
        height = TOP + PLOT_HEIGHT + _BOTTOM + len(lines) * _LINE + 12
        self._paper = Image.new("L", (WIDTH, height), _WHITE)
        self._draw = ImageDraw.Draw(self._paper)
        self._plots: list[tuple[int, int, Indices]] = []
        for number, line in enumerate(lines):
            y = TOP + PLOT_HEIGHT + _BOTTOM + number * _LINE
            self._write(LEFT, y, line, _SMALL, _GREY, "la")

    def title(self, title: str, *lines: str) -> None:
        """What the picture is, and up to two lines of what it shows."""
        self._write(LEFT, 12, title, _TITLE, _BLACK, "la")
        for number, line in enumerate(lines):
            self._write(LEFT, 42 + 18 * number, line, _TEXT, _GREY, "la")

    def plot(self, indices: Indices) -> None:
        """Fill the plot, (COLUMNS, BANDS) of palette indices: time goes right, frequency up."""
        rows = np.repeat(indices.T[::-1], ROWS_A_BAND, axis=0)
        self._plots.append((LEFT, TOP, rows))
        self._frame(LEFT, TOP, COLUMNS, PLOT_HEIGHT)

    def time_axis(self, ticks: list[Tick]) -> None:
        """Below the plot, in seconds."""
        bottom = TOP + PLOT_HEIGHT
        for tick in ticks:
            x = LEFT + round(tick.place * COLUMNS)
            self._draw.line((x, bottom, x, bottom + _TICK), _GREY)
            self._write(x, bottom + 8, tick.label, _TEXT, _BLACK, "ma")
        self._write(LEFT + COLUMNS // 2, bottom + 28, "seconds", _TEXT, _GREY, "ma")

    def frequency_axis(self, ticks: list[Tick]) -> None:
        """Left of the plot, in Hz."""
        for tick in ticks:
            y = _upwards(tick.place)
            self._draw.line((LEFT - _TICK - 1, y, LEFT - 1, y), _GREY)
            self._write(LEFT - 9, y, tick.label, _TEXT, _BLACK, "rm")
        self._write(LEFT - 9, TOP - 14, "Hz", _TEXT, _GREY, "rs")

    def colour_bar(self, indices: Indices, ticks: list[Tick], above: str, below: str = "") -> None:
        """Right of the plot: its colours from the lowest value to the highest."""
        heights = np.arange(PLOT_HEIGHT)[::-1] * len(indices) // PLOT_HEIGHT
        bar = np.repeat(indices[heights][:, None], _BAR_WIDTH, axis=1)
        self._plots.append((_BAR_LEFT, TOP, bar))
        self._frame(_BAR_LEFT, TOP, _BAR_WIDTH, PLOT_HEIGHT)
        right = _BAR_LEFT + _BAR_WIDTH
        for tick in ticks:
            y = _upwards(tick.place)
            self._draw.line((right, y, right + _TICK, y), _GREY)
            self._write(right + 9, y, tick.label, _TEXT, _BLACK, "lm")
        self._write(_BAR_LEFT, TOP - 14, above, _TEXT, _GREY, "ls")
        self._write(_BAR_LEFT, TOP + PLOT_HEIGHT + 8, below, _TEXT, _GREY, "la")

    def png(self, colours: Colours) -> bytes:
        """The picture; `colours` are those that the indices mean, at most 240."""
        greys = np.asarray(self._paper) // (256 // GREYS) + np.uint8(len(colours))
        for left, top, indices in self._plots:
            height, width = indices.shape
            greys[top : top + height, left : left + width] = indices
        picture = Image.fromarray(greys)
        picture.putpalette(with_greys(colours).tobytes())
        file = io.BytesIO()
        picture.save(file, "PNG", compress_level=6)
        return file.getvalue()

    def _frame(self, left: int, top: int, width: int, height: int) -> None:
        self._draw.rectangle((left - 1, top - 1, left + width, top + height), outline=_GREY)

    def _write(
        self,
        x: int,
        y: int,
        text: str,
        size: int,
        grey: int,
        anchor: Literal["la", "ls", "ma", "lm", "rm", "rs"],
    ) -> None:
        self._draw.text((x, y), _writable(text), grey, _font(size), anchor)


def _upwards(place: float) -> int:
    return TOP + PLOT_HEIGHT - 1 - round(place * (PLOT_HEIGHT - 1))


@lru_cache(maxsize=3)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own, Aileron: it is there wherever Pillow is."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _writable(text: str) -> str:
    """With the letters that the font has: accents go, and every dash is a hyphen."""
    plain = unicodedata.normalize("NFKD", text).translate({0x2013: "-", 0x2014: "-", 0x2212: "-"})
    return plain.encode("ascii", "ignore").decode()


def _wrapped(text: str, width: int) -> list[str]:
    """Break a paragraph into lines no wider than that many pixels, between words."""
    lines: list[str] = []
    for word in _writable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _font(_SMALL).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
