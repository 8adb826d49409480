"""A file is let fall onto the page, and answered."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.steps import answered, cough_file, drop, newest_job, send


def test_a_dropped_file_is_answered(page: Page) -> None:
    drop(page, cough_file(name="kitchen.wav"))
    expect(page.get_by_role("textbox", name="Name")).to_have_value("kitchen")
    send(page)
    answered(page)

    job = newest_job(page)
    assert (job["status"], job["result"]["audio"]["duration_s"]) == ("succeeded", 3)
