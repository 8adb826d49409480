"""The two pictures: the spectrogram, and the explanation drawn over it."""

from __future__ import annotations

import numpy as np

from shared.bundle import Card
from shared.job import Result
from worker.pictures import colours
from worker.pictures.canvas import Canvas, Indices
from worker.pictures.levels import RANGE_DB, Levels
from worker.pictures.overlay import Overlay
from worker.pictures.ticks import even_ticks, frequency_ticks, signed_ticks

_NOT_MEDICAL = "Research software, not a medical device."
_MOST_TICKS = 11


def draw_spectrogram(levels: Levels) -> bytes:
    """How loud each frequency was at each time, as a PNG."""
    canvas = Canvas([_NOT_MEDICAL])
    canvas.title(
        "Spectrogram", "How loud each frequency was at each time; 0 dB is a sine of full scale"
    )
    canvas.plot((levels.levels_db - levels.lowest_db).astype(np.uint8))
    _axes(canvas, levels)
    every_colour = np.arange(RANGE_DB + 1, dtype=np.uint8)
    ticks = even_ticks(levels.lowest_db, levels.highest_db, 9)
    canvas.colour_bar(every_colour, ticks, "dB")
    return canvas.png(colours.magma(RANGE_DB + 1))


def draw_explanation(levels: Levels, overlay: Overlay, result: Result, card: Card) -> bytes:
    """What the network heard where, over the spectrogram, as a PNG."""
    canvas = Canvas([*_silence(overlay), card.full_disclaimer])
    said = f"{card.reference} says: {result.diagnosis}, score {result.score:.2f}."
    if overlay.is_map:
        canvas.title(
            "Where the network heard it",
            f"{said} The darker, the louder the sound.",
            "Orange speaks for 'sick', blue against it: each cell's part of the logit.",
        )
        tints, ticks = colours.for_and_against(), signed_ticks(overlay.limit)
        canvas.colour_bar(_lightest(), ticks, "for 'sick'", "against")
    else:
        seconds = card.front_end.patch_frames * card.front_end.hop_length
        patch_s = seconds / card.front_end.sample_rate
        canvas.title(
            "When the network listened",
            f"{said} It tells no frequencies: this is its attention over patches of "
            f"{patch_s:.3g} s.",
            "The greener, the more it listened. The darker, the louder the sound.",
        )
        tints, ticks = colours.attention(), even_ticks(0, overlay.limit, 6)
        canvas.colour_bar(_lightest(), ticks, "attention, %/s")
    canvas.plot(_tinted(levels, overlay))
    _axes(canvas, levels)
    return canvas.png(colours.shaded(tints))


def _axes(canvas: Canvas, levels: Levels) -> None:
    canvas.time_axis(even_ticks(0, float(levels.times_s[-1]), _MOST_TICKS))
    canvas.frequency_axis(frequency_ticks(float(levels.bands_hz[-1])))


def _tinted(levels: Levels, overlay: Overlay) -> Indices:
    """The tint tells the evidence, its shade the level."""
    lowest = -overlay.limit if overlay.is_map else 0.0
    share = (overlay.values - lowest) / (overlay.limit - lowest)
    tint = np.rint(share * (colours.TINTS - 1))
    loudness = (levels.levels_db - levels.lowest_db) / RANGE_DB
    shade = np.rint(loudness * (colours.SHADES - 1))
    return np.asarray(tint * colours.SHADES + shade, dtype=np.uint8)


def _lightest() -> Indices:
    """Of each tint."""
    return np.arange(colours.TINTS, dtype=np.uint8) * np.uint8(colours.SHADES)


def _silence(overlay: Overlay) -> list[str]:
    if not overlay.matters:
        return []
    return [
        "Not all of the evidence can be shown: the silence that fills the last patch, after the "
        f"recording's end, adds {overlay.beyond:+.2g} to the logit."
    ]
