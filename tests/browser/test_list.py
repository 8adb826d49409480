"""The list of recordings: several at once, remembered, expired, deleted, named, taken away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, Request, expect

from tests.browser.steps import answered, choose, cough_file, newest_job, send
from tests.browser.watched import Watch
from tests.end_to_end.processes import Service


@pytest.fixture
def http(running: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url) as client:
        yield client


def _answered_job(page: Page) -> str:
    choose(page, cough_file(name="kitchen.wav"))
    send(page)
    answered(page)
    return str(newest_job(page)["id"])


def test_nothing_is_sent_before_it_is_said(page: Page) -> None:
    requests: list[Request] = []

    def note(request: Request) -> None:
        requests.append(request)

    page.on("request", note)
    choose(page, cough_file())
    expect(page.locator(".chip")).to_have_text("Not sent")
    page.get_by_role("button", name="Play").click()
    assert [request.url for request in requests if request.method == "POST"] == []


def test_several_at_once_each_with_its_own_end(page: Page, watch: Watch) -> None:
    watch.tolerated.append("415")
    names = [f"{number}.wav" for number in range(8)]
    text: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no sound"}
    empty: FilePayload = {"name": "empty.wav", "mimeType": "audio/wav", "buffer": b""}
    choose(page, *[cough_file(name=name) for name in names], text, empty)
    expect(page.locator(".job").first.locator(".chip")).to_have_text("Not taken")  # the empty one
    page.get_by_role("button", name="Send all 9").click()
    expect(page.locator(".answer")).to_have_count(8)
    expect(page.locator(".job", has_text="no recording that can be read")).to_have_count(1)
    expect(page.get_by_role("button", name="Send all")).to_be_hidden()


def test_too_large_a_file_is_not_sent_in_vain(page: Page) -> None:
    large = bytes(10 * 1024 * 1024 + 1)
    choose(page, {"name": "large.wav", "mimeType": "audio/wav", "buffer": large})
    expect(page.locator(".job .note")).to_have_text("The file is too large: 10 MB at most.")


def test_answers_survive_a_reload_under_their_names(page: Page) -> None:
    _answered_job(page)
    page.reload()
    answered(page)
    name = page.get_by_role("textbox", name="Name")
    expect(name).to_have_value("kitchen")
    name.fill("In the kitchen")
    name.press("Enter")
    diagnosis = page.locator(".diagnosis").inner_text()
    page.reload()
    answer = answered(page)
    expect(name).to_have_value("In the kitchen")
    expect(answer.locator(".diagnosis")).to_have_text(diagnosis.replace("\n", ""))
    expect(page.locator(".job .note")).to_contain_text("The sound was kept in this page only")
    assert page.locator(".job .player").count() == 0


def test_only_numbers_and_names_are_kept_in_the_browser(page: Page) -> None:
    job_id = _answered_job(page)
    kept = json.loads(page.evaluate("() => JSON.stringify({ ...localStorage })"))
    entry = json.loads(kept.pop(f"cough.job.{job_id}"))
    assert kept == {}
    assert entry.keys() == {"name", "at", "durationS"}


def test_an_expired_job_says_so_and_can_be_removed(
    page: Page, http: httpx.Client, watch: Watch
) -> None:
    watch.tolerated.append("404")
    job_id = _answered_job(page)
    http.delete(f"/v1/jobs/{job_id}")
    page.reload()
    expect(page.locator(".chip")).to_have_text("Expired")
    expect(page.locator(".job .note")).to_contain_text("kept for 24 hours")
    page.get_by_role("button", name="Remove from the list").click()
    expect(page.locator("#empty")).to_be_visible()
    page.reload()
    expect(page.locator("#empty")).to_be_visible()


def test_what_is_deleted_is_gone_from_the_server_too(page: Page, http: httpx.Client) -> None:
    job_id = _answered_job(page)
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".job")).to_have_count(1)  # a slip loses nothing
    page.get_by_role("button", name="Really delete?").click()
    expect(page.locator("#empty")).to_be_visible()
    assert http.get(f"/v1/jobs/{job_id}").status_code == 404
    assert page.evaluate("() => localStorage.length") == 0


def test_the_answer_is_saved_as_the_service_gave_it(
    page: Page, http: httpx.Client, tmp_path: Path
) -> None:
    job_id = _answered_job(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    assert download.value.suggested_filename == "kitchen.json"
    download.value.save_as(tmp_path / "job.json")
    assert json.loads((tmp_path / "job.json").read_text()) == http.get(f"/v1/jobs/{job_id}").json()


def test_other_tabs_see_what_is_sent_and_deleted(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/")
    _answered_job(page)
    expect(other.locator(".answer")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Really delete?").click()
    expect(other.locator(".job")).to_have_count(0)


def test_the_progress_of_an_upload_is_real(page: Page) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    network.send("Network.emulateNetworkConditions", slow)
    page.evaluate("""() => {
      window.shares = new Set();
      new MutationObserver(() => {
        const bar = document.querySelector('progress:not([hidden])');
        if (bar) window.shares.add(bar.value);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    }""")
    choose(page, cough_file(seconds=20))
    send(page)
    expect(page.locator(".chip")).to_have_text("Answered")
    between = [share for share in page.evaluate("() => [...window.shares]") if 0 < share < 1]
    assert len(between) >= 3
    assert between == sorted(between)


def test_the_model_links_to_its_card(page: Page) -> None:
    _answered_job(page)
    page.get_by_role("link", name="sick-sounds@").click()
    card = page.get_by_role("dialog")
    expect(card).to_contain_text("never tested in a clinic", ignore_case=True)
    expect(card).to_contain_text("Accuracy: 0.885 (0.860 – 0.908)")
    page.go_back()
    expect(card).to_be_hidden()
    page.go_forward()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))
