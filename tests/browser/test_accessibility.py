"""axe-core finds nothing in any main state, in both themes and both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.steps import answered, choose, cough_file, has_recorded, send
from tests.browser.watched import Watch


def _found(page: Page, state: str) -> list[str]:
    found = []
    for language in ("Español", "English"):
        page.get_by_text(language, exact=True).click()
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{state}, {language}, {scheme}: {one}" for one in violations(page)]
    return found


@pytest.fixture
def still(open_page: OpenPage) -> Page:
    """The page for somebody who wants nothing to move: a colour is judged when it has come."""
    return open_page(reduced_motion="reduce")


def test_before_and_while_recording(still: Page) -> None:
    found = _found(still, "empty")
    still.get_by_role("button", name="Record", exact=True).click()
    has_recorded(still, 1)
    still.get_by_role("button", name="Pause").click()
    found += _found(still, "paused")
    still.get_by_role("button", name="Stop").click()
    expect(still.get_by_role("button", name="Send for diagnosis")).to_be_visible()
    assert found + _found(still, "not sent") == []


def test_answers_and_refusals(still: Page, watch: Watch) -> None:
    watch.tolerated.append("415")
    choose(still, {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no sound"})
    send(still)
    expect(still.get_by_text("Not taken")).to_be_visible()
    choose(still, cough_file())
    send(still)
    answered(still)
    found = _found(still, "answered and refused")
    still.get_by_role("switch").check()
    found += _found(still, "explained")
    still.get_by_role("link", name="sick-sounds").or_(
        still.get_by_role("button", name="sick-sounds")
    ).click()
    expect(still.get_by_role("dialog")).to_be_visible()
    assert found + [f"model card: {one}" for one in violations(still)] == []
