"""A phone's screen: nothing to scroll sideways for, and nothing too small for a finger."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import answered, choose, cough_file, send

_WIDER = """() => [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .map((element) => element.outerHTML.slice(0, 80))"""
# Of everything to press, the smallest side; links in running text are as high as its lines.
_TOO_SMALL = """(least) => [...document.querySelectorAll(
    'button, label, summary, input:not(.hidden, label *)')]
  .filter((element) => element.checkVisibility())
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([element, { width, height }]) => width > 1 &&
    Math.min(width, height) < (element.matches('button, label') ? least : 24))
  .map(([element, { width, height }]) => `${element.outerHTML.slice(0, 80)} ${width} ${height}`)"""


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_everything_fits(open_page: OpenPage, width: int, locale: str) -> None:
    page = open_page(
        viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True, locale=locale
    )
    _fits(page)
    choose(page, cough_file(name="a recording with a name that is longer than a phone is wide.wav"))
    page.locator(".actions .primary").tap()
    answered(page)
    page.get_by_role("switch").tap()
    _fits(page)


def _fits(page: Page) -> None:
    expect(page.locator("#status")).to_have_attribute("data-kind", "ready")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(_WIDER) == []
    assert page.evaluate(_TOO_SMALL, 44) == []


def test_a_finger_reads_the_picture(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    choose(page, cough_file(4))
    send(page)
    answered(page)
    plot = page.locator(".plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None

    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.locator(".readout")).to_contain_text("2.0")
    expect(page.locator(".readout")).to_contain_text("Hz")
    expect(page.locator(".readout")).to_contain_text("dB")
