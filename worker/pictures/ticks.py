"""Where axes have their ticks, and what stands at them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from worker.pictures.frequencies import mel

_STEPS = (1, 2, 5, 10)
_FREQUENCIES_HZ = (0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000)
_CLOSEST_SHARE = 0.04  # of the axis: labels closer to each other would touch


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick's label, and its place on the axis: 0 is its beginning, 1 its end."""

    place: float
    label: str


def even_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Ticks at multiples of 1, 2 or 5 times a power of ten, on an even axis.

    Args:
        low: where the axis begins.
        high: where it ends, above `low`.
        most: how many ticks there may be, at least 2.
    """
    rough = (high - low) / (most - 1)
    power = math.floor(math.log10(rough))
    step = next(s for s in _STEPS if s * 10.0**power >= rough * (1 - 1e-9)) * 10.0**power
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [
        Tick((number * step - low) / (high - low), f"{number * step + 0.0:.{decimals}f}")
        for number in range(first, last + 1)
    ]


def frequency_ticks(highest_hz: float) -> list[Tick]:
    """Ticks at octaves, Hz, on an axis from 0 to `highest_hz` that is even in mel."""
    ticks: list[Tick] = []
    for hz in _FREQUENCIES_HZ:
        place = float(mel(hz) / mel(highest_hz))
        if place <= 1 and (not ticks or place - ticks[-1].place >= _CLOSEST_SHARE):
            ticks.append(Tick(place, str(hz)))
    return ticks


def signed_ticks(limit: float) -> list[Tick]:
    """The ends and the middle of an axis from `-limit` to `limit`, to two significant digits."""
    return [Tick(0.0, f"-{limit:.2g}"), Tick(0.5, "0"), Tick(1.0, f"+{limit:.2g}")]
