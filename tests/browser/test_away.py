"""The service goes away in the middle of things, and comes back: nothing is lost or done twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.gateway import Gateway, gateway
from tests.browser.steps import choose, cough_file, send
from tests.browser.watched import Watch
from tests.end_to_end.client import Client

QUEUED = re.compile("Queued")


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("redis")) as own:
        yield own


@pytest.fixture
def page(alone: Gateway, open_page: OpenPage, watch: Watch) -> Page:
    watch.host = urlsplit(alone.url).netloc
    watch.tolerated += ["503 .*health/ready", "404 .*(spectrogram|explanation)"]  # nobody diagnoses
    watch.tolerated += ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE"]
    return open_page(base_url=alone.url)


def test_what_is_sent_meanwhile_is_sent_when_it_is_back(page: Page, alone: Gateway) -> None:
    choose(page, cough_file())
    alone.stop()
    send(page)
    expect(page.locator(".chip")).to_have_text("Waiting to be sent")
    expect(page.locator(".job .note")).to_contain_text("does not answer")
    expect(page.locator("#status")).to_have_text("The service does not answer")
    alone.start()
    expect(page.locator(".chip")).to_have_text(QUEUED)
    expect(page.locator("#status")).not_to_have_text("The service does not answer")
    alone.succeed(alone.newest())
    expect(page.locator(".answer")).to_be_visible()


def test_a_job_that_ends_meanwhile_is_shown_when_it_is_back(page: Page, alone: Gateway) -> None:
    choose(page, cough_file())
    send(page)
    expect(page.locator(".chip")).to_have_text(QUEUED)
    job = alone.newest()
    alone.stop()
    expect(page.locator(".job .note")).to_contain_text("does not answer")
    alone.succeed(job)
    alone.start()
    expect(page.locator(".answer")).to_be_visible()
    expect(page.locator(".job .note")).to_be_hidden()


def test_an_upload_whose_answer_was_lost_makes_one_job(
    page: Page, alone: Gateway, watch: Watch
) -> None:
    watch.tolerated.append("ERR_FAILED")
    lost: list[APIResponse] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/v1/jobs", lose_first)
    choose(page, cough_file())
    send(page)
    expect(page.locator(".chip")).to_have_text(QUEUED)
    with Client(alone.url) as client:
        assert len(client.http.get("/v1/jobs").json()["jobs"]) == 1
    assert len(lost) == 1


def test_waiting_for_it_can_be_given_up(page: Page, alone: Gateway) -> None:
    choose(page, cough_file())
    alone.stop()
    send(page)
    expect(page.locator(".chip")).to_have_text("Waiting to be sent")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".chip")).to_have_text("Not sent")
    expect(page.get_by_role("button", name="Send for diagnosis")).to_be_visible()


def test_a_list_that_was_loaded_meanwhile_fills_when_it_is_back(page: Page, alone: Gateway) -> None:
    choose(page, cough_file())
    send(page)
    expect(page.locator(".chip")).to_have_text(QUEUED)
    alone.succeed(alone.newest())
    expect(page.locator(".answer")).to_be_visible()
    page.route("**/v1/**", lambda route: route.abort("connectionrefused"))
    page.reload()
    expect(page.locator(".chip")).to_have_text("Asking for the answer…")
    expect(page.locator("#status")).to_have_text("The service does not answer")
    page.unroute("**/v1/**")
    expect(page.locator(".answer")).to_be_visible()


def test_a_full_queue_is_waited_for(page: Page, alone: Gateway, watch: Watch) -> None:
    watch.tolerated.append("503 .*v1/jobs")
    problem = '{"type":"urn:cough:queue_full","status":503,"detail":"","code":"queue_full"}'
    headers = {"Retry-After": "1"}
    page.route("**/v1/jobs", lambda route: route.fulfill(status=503, headers=headers, body=problem))
    choose(page, cough_file())
    send(page)
    expect(page.locator(".job .note")).to_contain_text("full at the moment")
    page.unroute("**/v1/jobs")
    expect(page.locator(".chip")).to_have_text(QUEUED)
