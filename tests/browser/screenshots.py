"""Pictures of the page's main states for the README: `make screenshots` writes docs/pictures/."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page, expect, sync_playwright

from shared.settings import REPOSITORY
from tests.browser.chromium import chromium, hearing
from tests.browser.microphone import sound_for_microphone
from tests.browser.steps import answered, has_recorded, send
from tests.end_to_end.processes import service

FOLDER = REPOSITORY / "docs" / "pictures"
_WIDE = {"width": 1120, "height": 1040}
_PHONE = {"width": 390, "height": 844}
_RECORDED_S = 5  # of the cough that the microphone hears
_COLOURS = 255
_MARGIN = 16


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    expect.set_options(timeout=20_000)
    with (
        tempfile.TemporaryDirectory() as folder,
        service(Path(folder) / "run") as running,
        sync_playwright() as playwright,
        chromium(playwright, hearing(sound_for_microphone(Path(folder)))) as browser,
    ):
        _recording_and_answer(_opened(browser, running.url, _WIDE, "en-GB", "light"))
        _answer_explained(_opened(browser, running.url, _WIDE, "es-ES", "dark"))
        _on_a_phone(_opened(browser, running.url, _PHONE, "en-GB", "light"))


def _opened(browser: Browser, url: str, viewport: dict[str, int], locale: str, scheme: str) -> Page:
    context = browser.new_context(
        base_url=url,
        viewport=viewport,  # type: ignore[arg-type]
        locale=locale,
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#status")).to_have_attribute("data-kind", "ready")
    return page


def _recording_and_answer(page: Page) -> None:
    page.locator(".record").click()
    has_recorded(page, 4)
    _write(page.screenshot(), "recording")
    has_recorded(page, _RECORDED_S)
    page.locator(".record").click()
    send(page)
    answered(page)
    _to_the_top(page)
    _write(page.screenshot(), "answer")


def _answer_explained(page: Page) -> None:
    _answer(page)
    page.get_by_role("switch").check()
    page.evaluate("document.querySelector('.heard').scrollIntoView({ block: 'center' })")
    page.locator(".plot").hover(position={"x": 220, "y": 120})
    box = page.locator(".heard").bounding_box()
    assert box is not None
    clip: FloatRect = {
        "x": box["x"] - _MARGIN,
        "y": box["y"] - _MARGIN,
        "width": box["width"] + 2 * _MARGIN,
        "height": box["height"] + 2 * _MARGIN,
    }
    _write(page.screenshot(clip=clip), "explanation")


def _on_a_phone(page: Page) -> None:
    _answer(page)
    page.locator(".job").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.job').scrollIntoView({ block: 'start' })")
    _write(page.screenshot(), "phone")


def _answer(page: Page) -> None:
    page.locator(".record").click()
    has_recorded(page, _RECORDED_S)
    page.locator(".record").click()
    page.locator(".actions .primary").click()
    answered(page)


def _to_the_top(page: Page) -> None:
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(0, 0)


def _write(screenshot: bytes, name: str) -> None:
    """As a PNG of few colours, which is a third as large and looks the same."""
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    few = picture.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
