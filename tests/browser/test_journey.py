"""A job's way on the screen: each state, cancel, an end that is seen at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.gateway import Gateway, gateway
from tests.browser.steps import choose, cough_file, send
from tests.browser.watched import Watch

_SEEN = """() => {
  window.seen = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.answer')) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(Date.now()));
    }).observe(document.body, { childList: true, subtree: true });
  });
}"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("redis")) as own:
        yield own


@pytest.fixture
def page(alone: Gateway, open_page: OpenPage, watch: Watch) -> Page:
    watch.host = urlsplit(alone.url).netloc
    watch.tolerated += ["503 .*health/ready", "404 .*(spectrogram|explanation)"]  # nobody diagnoses
    return open_page(base_url=alone.url)


def _sent(page: Page) -> None:
    choose(page, cough_file())
    send(page)


def test_each_state_is_shown_and_the_end_announced(page: Page, alone: Gateway) -> None:
    _sent(page)
    chip = page.locator(".chip")
    expect(chip).to_have_text(re.compile("Queued"))
    job = alone.newest()
    attempt = alone.begin(job)
    expect(chip).to_have_text("Being diagnosed…")
    assert alone.end(attempt)
    expect(chip).to_have_text("Answered")
    answer = page.locator(".answer")
    expect(answer).to_contain_text("Sounds sick")
    expect(answer).to_contain_text("93%")
    expect(answer).to_contain_text("from 0.50 on")
    expect(answer).to_contain_text("Overdriven")
    expect(answer).to_contain_text("not a medical device")
    expect(page.locator("#announcer")).to_have_text(re.compile("Sounds sick, score 93"))


def test_a_queued_job_is_canceled_and_can_be_sent_again(page: Page, alone: Gateway) -> None:
    _sent(page)
    expect(page.locator(".chip")).to_have_text(re.compile("Queued"))
    first = alone.newest()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".chip")).to_have_text("Canceled")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".chip")).to_have_text(re.compile("Queued"))
    second = alone.newest()
    assert first["id"] != second["id"]
    alone.succeed(second)
    expect(page.locator(".answer")).to_be_visible()


def test_a_running_job_is_canceled(page: Page, alone: Gateway) -> None:
    _sent(page)
    expect(page.locator(".chip")).to_have_text(re.compile("Queued"))
    attempt = alone.begin(alone.newest())
    expect(page.locator(".chip")).to_have_text("Being diagnosed…")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".chip")).to_have_text("Canceling…")
    expect(page.get_by_role("button", name="Cancel")).to_be_disabled()
    assert not alone.end(attempt)
    expect(page.locator(".chip")).to_have_text("Canceled")
    expect(page.locator(".answer")).to_have_count(0)


def test_a_job_that_fails_says_why(page: Page, alone: Gateway) -> None:
    _sent(page)
    expect(page.locator(".chip")).to_have_text(re.compile("Queued"))
    alone.fail(alone.newest())
    expect(page.locator(".chip")).to_have_text("No diagnosis")
    expect(page.locator(".job .note")).to_have_text("The recording is too long: 60 s at most.")
    expect(page.locator("#announcer")).to_contain_text("too long")


def test_without_streams_it_is_polled(page: Page, alone: Gateway, watch: Watch) -> None:
    watch.tolerated.append("events")
    page.route("**/events", lambda route: route.abort())
    _sent(page)
    expect(page.locator(".chip")).to_have_text(re.compile("Queued"))
    alone.succeed(alone.newest())
    expect(page.locator(".answer")).to_be_visible()


def test_streams_that_are_kept_back_are_given_up(page: Page, alone: Gateway) -> None:
    page.route("**/events", lambda route: None)  # as a proxy that waits for the end
    _sent(page)
    expect(page.locator(".chip")).to_have_text(re.compile("Queued"))
    alone.succeed(alone.newest())
    expect(page.locator(".answer")).to_be_visible()


def test_an_answer_is_seen_within_100_ms_of_its_end(page: Page, alone: Gateway) -> None:
    took_ms = []
    for _ in range(5):
        _sent(page)
        expect(page.locator(".chip").first).to_have_text(re.compile("Queued"))
        page.evaluate(_SEEN)
        job = alone.newest()
        alone.succeed(job)
        seen_ms = page.evaluate("() => window.seen")
        took_ms.append(seen_ms - alone.ended_ms(job))
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Really delete?").click()
        expect(page.locator(".job")).to_have_count(0)
    assert median(took_ms) < 100, took_ms
