"""/docs asks nobody but us, so it works without a network."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_the_documentation_shows_every_operation(open_page: OpenPage) -> None:
    page = open_page("/docs")

    expect(page.locator(".opblock").first).to_be_visible()
    assert page.locator(".opblock").count() > 15
