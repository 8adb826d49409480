"""How fast the page is; docs/performance.md has the figures of a quiet machine.

Those of this run are printed: `pytest -s tests/browser/test_figures.py`.
"""

from __future__ import annotations

import json
from datetime import datetime
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import OpenPage
from tests.browser.steps import answered, choose, cough_file, eventual, newest_job, send

_NOISE = 3  # other programs on a tester's machine may take so much of the time
_OBSERVE = """
globalThis.noted = { shifts: [], answers: [] };
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) noted.shifts.push(entry.value);
})).observe({ type: 'layout-shift', buffered: true });
new MutationObserver(() => {
  const { length } = document.querySelectorAll('.diagnosis');
  if (length > noted.answers.length) noted.answers.push(Date.now());
}).observe(document, { childList: true, subtree: true });
"""
_PAINT = """(() => {
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  return paint && [paint.startTime];
})()"""
_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def _observed(page: Page) -> Page:
    page.add_init_script(_OBSERVE)
    page.reload()
    return page


def test_the_first_paint(open_page: OpenPage) -> None:
    paints = []
    for _ in range(5):  # each in a fresh profile: nothing is in its cache
        page = open_page()
        paints += eventual(page, _PAINT)
        page.context.close()

    print(f"\nfirst paint: {median(paints):.0f} ms, median of {len(paints)}")
    assert median(paints) < 300 * _NOISE


def test_what_is_fetched(open_page: OpenPage) -> None:
    page = open_page("/v1/health/live")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/")
    page.wait_for_load_state("networkidle")

    sizes = [
        answer.request.sizes()["responseBodySize"] for answer in answers if "/v1/" not in answer.url
    ]
    print(f"\nfetched: {len(sizes)} files, {sum(sizes)} bytes")
    assert 0 < sum(sizes) < 100_000


def test_nothing_jumps(open_page: OpenPage) -> None:
    page = _observed(open_page())
    page.evaluate(_FRAMES)
    at_first = page.evaluate("noted.shifts")
    choose(page, cough_file())
    send(page)
    answered(page)
    page.get_by_role("switch").check()
    page.evaluate(_FRAMES)

    shifts = page.evaluate("noted.shifts")
    print(f"\nlayout shift: {sum(at_first):.4f} at first, {sum(shifts):.4f} with the answer")
    assert sum(at_first) < 0.005
    assert sum(shifts) < 0.1


def test_nothing_halts_for_a_minute_s_sound(open_page: OpenPage, browser: Browser) -> None:
    page = open_page()
    choose(page, cough_file(60))
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    send(page)
    answered(page)
    page.get_by_role("switch").check()
    page.evaluate(_FRAMES)

    tasks = _main_thread_tasks_ms(json.loads(browser.stop_tracing())["traceEvents"])
    print(f"\nlongest task: {max(tasks):.0f} ms of {len(tasks)} tasks")
    assert len(tasks) > 100
    assert max(tasks) < 50


def _main_thread_tasks_ms(events: list[dict[str, Any]]) -> list[float]:
    """CPU time of each task of the page's main thread: no other program's work is counted."""
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return [
        event.get("tdur", 0) / 1000
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in threads
    ]


def test_the_answer_is_there_at_once(open_page: OpenPage) -> None:
    page = _observed(open_page())
    delays = []
    for number in range(7):
        choose(page, cough_file(2))
        send(page)
        seen = eventual(page, f"noted.answers[{number}]")
        ended = datetime.fromisoformat(newest_job(page)["finished_at"])
        delays.append(seen - 1000 * ended.timestamp())

    print(f"\nfrom the job's end to the answer: {median(delays):.0f} ms, median of {len(delays)}")
    assert median(delays) < 100 * _NOISE
