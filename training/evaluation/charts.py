"""Charts as inline SVG: no fonts, colours or scripts of their own; the page's style sheet draws.

Series are told apart by the classes `series-0`, `series-1`, ...; the same number is the same
contender on every chart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from shared.bundle import Figure

_WIDTH, _HEIGHT = 440.0, 340.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 24.0, 12.0, 46.0
_ROW, _NAMES, _VALUES, _ROW_WIDTH = 32.0, 190.0, 72.0, 980.0

Range = tuple[float, float]


@dataclass
class Chart:
    """A plane with axes, to which series are added.

    Attributes:
        description: what it shows, for those who do not see it.
        x_label, y_label: of the axes.
        x_range, y_range: their ends.
        percent: whether the axes count in per cent.
    """

    description: str
    x_label: str
    y_label: str
    x_range: Range = (0.0, 1.0)
    y_range: Range = (0.0, 1.0)
    percent: bool = True
    _marks: list[str] = field(default_factory=list)

    def band(
        self, x: Sequence[float], low: Sequence[float], high: Sequence[float], series: int
    ) -> None:
        """Fill between two lines."""
        there = self._points(x, high)
        back = self._points(x[::-1], low[::-1])
        self._marks.append(f'<polygon class="band series-{series}" points="{there} {back}"/>')

    def line(self, x: Sequence[float], y: Sequence[float], series: int) -> None:
        """Join points in order."""
        points = self._points(x, y)
        self._marks.append(f'<polyline class="line series-{series}" points="{points}"/>')

    def reference(self, x: Sequence[float], y: Sequence[float]) -> None:
        """A dashed line to compare with."""
        self._marks.append(f'<polyline class="reference" points="{self._points(x, y)}"/>')

    def dot(self, x: float, y: float, series: int, title: str) -> None:
        """A point; `title` is shown when it is pointed at."""
        self._marks.append(
            f'<circle class="dot series-{series}" cx="{self._x(x):.1f}" cy="{self._y(y):.1f}" '
            f'r="4.5"><title>{escape(title)}</title></circle>'
        )

    def whisker(self, x: float, low: float, high: float, series: int) -> None:
        """A vertical interval."""
        self._marks.append(
            f'<line class="whisker series-{series}" x1="{self._x(x):.1f}" x2="{self._x(x):.1f}" '
            f'y1="{self._y(low):.1f}" y2="{self._y(high):.1f}"/>'
        )

    def bar(self, left: float, right: float, height: float, series: int, title: str) -> None:
        """A bar from the bottom of the plane."""
        top = self._y(height)
        self._marks.append(
            f'<rect class="bar series-{series}" x="{self._x(left) + 1:.1f}" y="{top:.1f}" '
            f'width="{self._x(right) - self._x(left) - 2:.1f}" '
            f'height="{max(0.0, _HEIGHT - _BOTTOM - top):.1f}">'
            f"<title>{escape(title)}</title></rect>"
        )

    def svg(self) -> Markup:
        """The whole chart."""
        middle_x, middle_y = (_LEFT + _WIDTH - _RIGHT) / 2, (_TOP + _HEIGHT - _BOTTOM) / 2
        parts = [
            f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" '
            f'aria-label="{escape(self.description)}">',
            *self._grid(),
            *self._marks,
            f'<text class="axis" x="{middle_x:g}" y="{_HEIGHT - 8:g}" text-anchor="middle">'
            f"{escape(self.x_label)}</text>",
            f'<text class="axis" transform="translate(13 {middle_y:g}) rotate(-90)" '
            f'text-anchor="middle">{escape(self.y_label)}</text>',
            "</svg>",
        ]
        return Markup("".join(parts))

    def _grid(self) -> list[str]:
        lines = []
        for value in ticks(self.x_range):
            x = f"{self._x(value):.1f}"
            lines += [
                f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP:g}" y2="{_HEIGHT - _BOTTOM:g}"/>',
                f'<text class="tick" x="{x}" y="{_HEIGHT - _BOTTOM + 17:g}" '
                f'text-anchor="middle">{_tick(value, percent=self.percent)}</text>',
            ]
        for value in ticks(self.y_range):
            y = self._y(value)
            lines += [
                f'<line class="grid" x1="{_LEFT:g}" x2="{_WIDTH - _RIGHT:g}" y1="{y:.1f}" '
                f'y2="{y:.1f}"/>',
                f'<text class="tick" x="{_LEFT - 7:g}" y="{y + 4:.1f}" '
                f'text-anchor="end">{_tick(value, percent=self.percent)}</text>',
            ]
        return lines

    def _x(self, value: float) -> float:
        low, high = self.x_range
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (value - low) / (high - low)

    def _y(self, value: float) -> float:
        low, high = self.y_range
        value = min(max(value, low), high)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low)

    def _points(self, x: Sequence[float], y: Sequence[float]) -> str:
        return " ".join(
            f"{self._x(its):.1f},{self._y(other):.1f}" for its, other in zip(x, y, strict=True)
        )


def ticks(ends: Range) -> list[float]:
    """Round values between two ends, four to nine of them.

    >>> ticks((0.0, 1.0))
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    low, high = ends
    power = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(its for its in (10 * power, 5 * power, 2 * power, power) if its * 4 <= high - low)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(count * step, 10) for count in range(first, last + 1)]


def _tick(value: float, *, percent: bool) -> str:
    return f"{100 * value:.3g} %" if percent else f"{value:.6g}"


def interval_chart(
    description: str,
    rows: Sequence[tuple[str, Figure, int]],
    x_range: Range,
    *,
    percent: bool,
    reference: float | None = None,
) -> Markup:
    """One row a figure: its name, a dot, its interval, its value.

    Args:
        description: what it shows, for those who do not see it.
        rows: name, figure, number of the series.
        x_range: ends of the axis; intervals are cut there.
        percent: whether the axis counts in per cent.
        reference: where a dashed line stands.
    """
    height, width = _ROW * len(rows) + 30, _ROW_WIDTH
    low, high = x_range

    def place(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return _NAMES + (width - _NAMES - _VALUES) * share

    def number(value: float) -> str:
        return f"{100 * value:.1f} %" if percent else f"{value:.3f}"

    parts = [
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(description)}">'
    ]
    for value in ticks(x_range):
        parts.append(
            f'<line class="grid" x1="{place(value):.1f}" x2="{place(value):.1f}" y1="4" '
            f'y2="{height - 24:g}"/><text class="tick" x="{place(value):.1f}" '
            f'y="{height - 8:g}" text-anchor="middle">{_tick(value, percent=percent)}</text>'
        )
    if reference is not None:
        parts.append(
            f'<line class="reference" x1="{place(reference):.1f}" x2="{place(reference):.1f}" '
            f'y1="4" y2="{height - 24:g}"/>'
        )
    for index, (name, figure, series) in enumerate(rows):
        y = _ROW * (index + 0.5) + 4
        parts.append(
            f'<text class="name" x="0" y="{y + 4:.1f}">{escape(name)}</text>'
            f'<line class="whisker series-{series}" x1="{place(figure.low):.1f}" '
            f'x2="{place(figure.high):.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<circle class="dot series-{series}" cx="{place(figure.value):.1f}" cy="{y:.1f}" '
            f'r="5"><title>{number(figure.value)}, {number(figure.low)} to '
            f"{number(figure.high)}</title></circle>"
            f'<text class="value" x="{width:g}" y="{y + 4:.1f}" text-anchor="end">'
            f"{number(figure.value)}</text>"
        )
    return Markup("".join([*parts, "</svg>"]))
