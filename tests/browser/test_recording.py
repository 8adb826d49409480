"""A cough into the microphone: recorded, paused, resumed, stopped, sent and answered."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import answered, eventual, has_recorded, newest_job, send
from tests.browser.watched import Watch

_SHORT = """async (limitS) => {
  const { mountRecorder } = await import('/page/recorder-panel.js');
  document.body.innerHTML = '<p id="announcer"></p><div id="short"></div>';
  return new Promise((onRecording) => {
    mountRecorder(document.getElementById('short'), { limitS, onRecording });
    document.querySelector('.record').click();
  });
}"""

_IS_TALL = """(() => {
  const canvas = document.querySelector('.waveform');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const rows = new Set();
  for (let i = 0; i < width * height; i += 1) {
    if (data[4 * i + 3] > 128) rows.add(Math.floor(i / width));
  }
  return rows.size > height / 3;
})()"""


def test_from_the_microphone_to_an_answer(page: Page) -> None:
    clock = page.get_by_role("timer")
    page.get_by_role("button", name="Record", exact=True).click()
    has_recorded(page, 2)
    expect(page.get_by_text("58 s left")).to_be_visible()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True).first).to_be_visible()
    paused_at = clock.inner_text()
    page.wait_for_timeout(1500)  # time that is not to count
    assert clock.inner_text() == paused_at

    page.get_by_role("button", name="Resume").click()
    has_recorded(page, 4)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value(re.compile("Cough at"))
    send(page)
    answer = answered(page)

    expect(answer.locator(".diagnosis")).to_contain_text("ick")
    job = newest_job(page)
    assert job["status"] == "succeeded"
    audio = job["result"]["audio"]
    assert audio["format"] == "webm"
    assert 3.5 < audio["duration_s"] < 6


def test_the_level_and_the_waveform_move(page: Page, watch: Watch) -> None:
    watch.tolerated.append("willReadFrequently")  # that is this test, not the page
    page.get_by_role("button", name="Record", exact=True).click()

    eventual(
        page,
        "new DOMMatrix(getComputedStyle(document.querySelector('.level span')).transform).a > 0.5",
    )
    eventual(page, _IS_TALL)
    page.get_by_role("button", name="Stop").click()


def test_the_limit_stops_it(page: Page) -> None:
    made = page.evaluate(_SHORT, 2)

    assert 1.4 < made["durationS"] < 4  # late on a busy machine, but by itself
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()
