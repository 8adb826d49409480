"""The picture of the sound shows what the service computed."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.steps import answered, choose, cough_file, newest_job, send
from worker.pictures import colours


@pytest.fixture
def heard(page: Page) -> Page:
    """A page with an answer."""
    choose(page, cough_file(4))
    send(page)
    answered(page)
    return page


def _arrays(page: Page, name: str) -> dict[str, Any]:
    path = f"/v1/jobs/{newest_job(page)['id']}/{name}.png"
    answer = page.request.get(path, headers={"Accept": "application/json"})
    return dict(answer.json())


def _drawn(page: Page, number: int) -> np.ndarray[Any, Any]:
    """(columns, bands, 3) of a canvas, the lowest band first."""
    url = page.locator(".plot canvas").nth(number).evaluate("(canvas) => canvas.toDataURL()")
    picture = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")
    assert picture.size == (800, 96)
    return np.asarray(picture)[::-1].transpose(1, 0, 2).astype(int)


def test_each_cell_has_the_colour_of_its_level(heard: Page) -> None:
    arrays = _arrays(heard, "spectrogram")
    levels = np.array(arrays["levels_db"]) - arrays["lowest_db"]
    expected = colours.magma(arrays["highest_db"] - arrays["lowest_db"] + 1)[levels]

    assert np.abs(_drawn(heard, 0) - expected).max() <= 1  # halves are rounded otherwise


def test_the_explanation_is_switched_on_and_off(heard: Page) -> None:
    legend, pictures = heard.locator(".legend"), heard.locator(".plot canvas")
    expect(legend).to_be_hidden()
    expect(pictures.nth(1)).to_be_hidden()

    heard.get_by_role("switch").check()
    expect(legend).to_be_visible()
    expect(pictures.nth(1)).to_be_visible()
    expect(heard.locator(".bar").first).to_be_hidden()

    heard.get_by_role("switch").uncheck()
    expect(pictures.nth(1)).to_be_hidden()
    expect(heard.locator(".bar").first).to_be_visible()


def test_the_explanation_s_tints_are_the_map_s(heard: Page) -> None:
    found = _arrays(heard, "explanation")["map"]
    spectrogram = _arrays(heard, "spectrogram")
    times, bands = np.array(spectrogram["times_s"]), np.array(spectrogram["bands_hz"])
    column = np.searchsorted(found["times_s"], (times[1:] + times[:-1]) / 2, "right") - 1
    band = np.searchsorted(found["bands_hz"], (bands[1:] + bands[:-1]) / 2, "right") - 1
    inside = (band >= 0) & (band < len(found["bands_hz"]) - 1)
    values = np.array(found["values"])[column][:, np.clip(band, 0, len(found["bands_hz"]) - 2)]
    values = np.where(inside, values, 0) / np.abs(np.where(inside, values, 0)).max()

    drawn = _drawn(heard, 1)
    warmth = drawn[:, :, 0] - drawn[:, :, 2]  # red less blue: 0 is a grey
    assert (warmth[values > 0.05] > 0).all()
    assert (warmth[values < -0.05] < 0).all()
    assert (warmth[~np.broadcast_to(inside, values.shape)] == 0).all()


def test_the_cursor_reads_what_is_under_it(heard: Page) -> None:
    arrays = _arrays(heard, "spectrogram")
    plot = heard.locator(".plot")
    box = plot.bounding_box()
    assert box is not None
    x, y = round(box["width"] / 4), round(box["height"] / 3)

    plot.hover(position={"x": x, "y": y})

    column = int(x / box["width"] * 800)
    at = (1 - y / box["height"]) * 96
    bands = arrays["bands_hz"]
    hz = bands[int(at)] + (at - int(at)) * (bands[int(at) + 1] - bands[int(at)])
    words = heard.locator(".readout").inner_text().replace(",", "").split(" · ")
    assert float(words[0].removesuffix(" s")) == pytest.approx(x / box["width"] * 4, abs=0.02)
    assert float(words[1].removesuffix(" Hz")) == pytest.approx(hz, rel=0.02)
    near = np.array(arrays["levels_db"])[column - 1 : column + 2, int(at) - 1 : int(at) + 2]
    assert int(words[2].removesuffix(" dB").replace("−", "-")) in near

    heard.get_by_role("switch").check()
    plot.hover(position={"x": x, "y": y})
    expect(heard.locator(".readout")).to_contain_text("evidence")
    heard.mouse.move(0, 0)
    expect(heard.locator(".readout")).not_to_contain_text("dB")


def test_playback_runs_over_the_picture(heard: Page) -> None:
    line = heard.locator(".position")
    plot = heard.locator(".plot")
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 2, "y": 20})
    expect(heard.locator(".player .clock")).to_have_text("2.0 / 4.0 s")
    at = "(line) => parseFloat(line.style.left)"
    assert line.evaluate(at) == pytest.approx(50, abs=1)

    heard.get_by_role("button", name="Play").click()
    expect(heard.get_by_role("button", name="Pause")).to_be_visible()
    expect(heard.get_by_role("button", name="Play")).to_be_visible()  # it came to the end
    assert line.evaluate(at) == pytest.approx(100, abs=2)
