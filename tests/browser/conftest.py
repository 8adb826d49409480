"""A real service, a real browser, and pages that must do nothing wrong.

Everything lives no longer than this folder's tests: Playwright keeps an event loop running in the
main thread, beside which nobody else could run one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.chromium import chromium, hearing
from tests.browser.microphone import sound_for_microphone
from tests.browser.watched import Watch
from tests.end_to_end.processes import Service, service

OpenPage = Callable[..., Page]
"""Opens a page of a browser: `open_page(path, browser=None, **options of the context)`."""

expect.set_options(timeout=20_000)


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with its real bundle, for the tests that do not hurt it."""
    with service(tmp_path_factory.mktemp("run")) as program:
        yield program


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose microphone hears a cough whenever it is opened."""
    recording = sound_for_microphone(tmp_path_factory.mktemp("microphone"))
    with chromium(playwright, hearing(recording)) as opened:
        yield opened


@pytest.fixture
def watch(running: Service) -> Iterator[Watch]:
    """What the test's pages do wrong; anything of it fails the test."""
    watch = Watch(urlsplit(running.url).netloc)
    yield watch
    assert watch.untolerated() == []


@pytest.fixture
def open_page(running: Service, browser: Browser, watch: Watch) -> Iterator[OpenPage]:
    """Opens pages that are watched, each in a fresh profile, in British English if not told."""
    contexts = []

    def opening(path: str = "/", browser: Browser = browser, **options: Any) -> Page:
        context = browser.new_context(**{"base_url": running.url, "locale": "en-GB", **options})
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opening
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The page, just opened."""
    return open_page()
