"""A whole diagnosis by the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import answered

_MOST_TABS = 40


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, and shows so."""
    for _ in range(_MOST_TABS):
        if wanted.evaluate("(element) => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()
    assert wanted.evaluate(
        "(element) => element.matches(':focus-visible')"
        " && getComputedStyle(element).outlineStyle !== 'none'"
    )


def test_from_the_first_tab_to_the_last_read_out(page: Page) -> None:
    _tab_to(page, page.get_by_role("button", name="Record", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("timer")).to_have_text("0:02")
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_focused()
    page.keyboard.press("Space")

    _tab_to(page, page.get_by_role("button", name="Send for diagnosis"))
    page.keyboard.press("Enter")
    answered(page)

    _tab_to(page, page.get_by_role("switch"))
    page.keyboard.press("Space")
    expect(page.locator(".legend")).to_be_visible()
    _tab_to(page, page.locator(".plot"))
    readout = page.locator(".readout")
    at_first = readout.inner_text()
    page.keyboard.press("ArrowRight")
    further = readout.inner_text()
    page.keyboard.press("Shift+ArrowUp")
    higher = readout.inner_text()
    assert len({at_first, further, higher}) == 3
    assert [" Hz" in text and " dB" in text for text in (at_first, further, higher)] == [True] * 3
    page.keyboard.press("Home")
    expect(readout).to_contain_text("0.00 s")
    page.keyboard.press("Escape")
    expect(readout).not_to_contain_text("dB")
