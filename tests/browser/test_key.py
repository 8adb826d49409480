"""In production the page asks for a key, keeps it for the tab, and goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.gateway import Gateway, gateway
from tests.browser.steps import choose, cough_file, send
from tests.browser.watched import Watch
from tests.end_to_end.keys import ShownKey, client_with, new_key

QUEUED = re.compile("Queued")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("redis"), ENVIRONMENT="production") as own:
        yield own


@pytest.fixture(scope="module")
def key(closed: Gateway) -> ShownKey:
    return new_key(closed.redis_url)


@pytest.fixture
def page(closed: Gateway, open_page: OpenPage, watch: Watch) -> Page:
    watch.host = urlsplit(closed.url).netloc
    watch.tolerated += ["503 .*health/ready", "401"]  # nobody diagnoses; no key yet
    return open_page(base_url=closed.url)


def _give(page: Page, key: str) -> None:
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Key", exact=True).fill(key)
    dialog.get_by_role("button", name="Use it").click()


def test_it_is_asked_for_and_the_recording_goes_on(
    page: Page, closed: Gateway, key: ShownKey
) -> None:
    choose(page, cough_file())
    expect(page.get_by_role("dialog")).to_be_hidden()  # not before it is needed
    send(page)
    _give(page, key.key)
    expect(page.locator(".chip")).to_have_text(QUEUED)
    with client_with(closed.url, key.key) as client:
        assert len(client.http.get("/v1/jobs").json()["jobs"]) == 1

    page.reload()
    expect(page.locator(".chip")).to_have_text(QUEUED)  # this tab still has it
    assert page.evaluate("() => JSON.stringify(localStorage)").count("cough_") == 0


def test_a_wrong_key_is_asked_for_again(page: Page, key: ShownKey) -> None:
    choose(page, cough_file())
    send(page)
    _give(page, key.key[:-1] + ("A" if key.key[-1] != "A" else "B"))
    expect(page.get_by_role("dialog")).to_contain_text("does not take this key")
    _give(page, key.key)
    expect(page.locator(".chip")).to_have_text(QUEUED)


def test_without_one_the_recording_is_not_taken_and_stays(page: Page, key: ShownKey) -> None:
    choose(page, cough_file())
    send(page)
    page.get_by_role("dialog").get_by_role("button", name="Not now").click()
    expect(page.locator(".chip")).to_have_text("Not taken")
    expect(page.locator(".job .note")).to_contain_text("API key")
    page.get_by_role("button", name="Send again").click()
    _give(page, key.key)
    expect(page.locator(".chip")).to_have_text(QUEUED)


def test_a_forgotten_key_opens_nothing_more(page: Page, key: ShownKey) -> None:
    choose(page, cough_file())
    send(page)
    _give(page, key.key)
    expect(page.locator(".chip")).to_have_text(QUEUED)
    page.get_by_role("button", name="API key").click()
    page.get_by_role("dialog").get_by_role("button", name="Forget the key").click()
    assert page.evaluate("() => sessionStorage.length") == 0
    page.reload()
    page.get_by_role("dialog").get_by_role("button", name="Not now").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.get_by_role("button", name="API key").click()
    _give(page, key.key)
    expect(page.locator(".chip")).to_have_text(QUEUED)
