"""Colours that order what they show, also for who sees no colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from worker.pictures import colours


def _lightness(palette: colours.Colours) -> npt.NDArray[np.float64]:
    """Relative luminance, WCAG 2.2."""
    share = palette / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def test_the_louder_the_lighter() -> None:
    assert (np.diff(_lightness(colours.magma(81))) > 0).all()


def test_the_more_attention_the_darker() -> None:
    assert (np.diff(_lightness(colours.attention())) < 0).all()


def test_for_and_against_are_alike_in_strength_and_white_between() -> None:
    tints = colours.for_and_against()
    lightness, middle = _lightness(tints), len(tints) // 2

    assert tints[middle].tolist() == [255, 255, 255]
    assert (np.diff(lightness[: middle + 1]) > 0).all()
    assert (np.diff(lightness[middle:]) < 0).all()
    against, speaks_for = tints[0].astype(int), tints[-1].astype(int)
    assert against[2] > against[0] + 100  # blue
    assert speaks_for[0] > speaks_for[2] + 100  # orange


@pytest.mark.parametrize("tint", [0, 7, 14])
def test_the_louder_the_darker_whatever_the_tint(tint: int) -> None:
    tints = colours.for_and_against()
    shades = colours.shaded(tints)[tint * colours.SHADES : (tint + 1) * colours.SHADES]

    assert shades[0].tolist() == tints[tint].tolist()
    assert (np.diff(_lightness(shades)) < 0).all()
    assert _lightness(shades)[-1] < 0.05


def test_all_of_them_and_the_greys_make_one_palette() -> None:
    palette = colours.with_greys(colours.shaded(colours.for_and_against()))

    assert palette.shape == (256, 3)
    assert palette[-1].tolist() == [255, 255, 255]
    assert palette[-colours.GREYS].tolist() == [0, 0, 0]
