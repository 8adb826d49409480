"""Without a microphone the page says why, and what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.chromium import MISSING, REFUSED, chromium
from tests.browser.conftest import OpenPage
from tests.browser.steps import choose, cough_file
from tests.browser.watched import Watch
from tests.end_to_end.processes import Service


def _press(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).click()


@pytest.mark.parametrize(
    ("microphone", "words"),
    [(REFUSED, "does not let this page use the microphone"), (MISSING, "No microphone was found")],
    ids=["refused", "missing"],
)
def test_none_is_had(
    playwright: Playwright, open_page: OpenPage, microphone: tuple[str, ...], words: str
) -> None:
    with chromium(playwright, microphone) as browser:
        page = open_page(browser=browser)
        _press(page)

        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()
        choose(page, cough_file())
        expect(page.get_by_role("button", name="Send for diagnosis")).to_be_visible()
        page.context.close()


def test_no_secure_origin(
    playwright: Playwright, open_page: OpenPage, running: Service, watch: Watch
) -> None:
    watch.host = f"cough.test:{running.port}"
    with chromium(playwright, ("--host-resolver-rules=MAP cough.test 127.0.0.1",)) as browser:
        page = open_page(f"http://{watch.host}/", browser=browser)
        _press(page)

        expect(page.get_by_role("alert")).to_contain_text("on secure addresses only")
        page.context.close()


def test_a_browser_that_cannot_record(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("delete globalThis.MediaRecorder")
    _press(page)

    expect(page.get_by_role("alert")).to_contain_text("This browser cannot record")
