"""English and Spanish: the browser's to begin with, then the one that was chosen."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.api.page.static_files import catalogue
from tests.browser.conftest import OpenPage
from tests.browser.steps import answered, choose, cough_file, send

_UNMARKED = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (!/\\p{L}{2,}/u.test(data.replace(/⟦.*?⟧|^(Hz|dB)$/gs, ''))) continue;
    if (!parent.closest('[lang]:not(html), a[href^="#model"], noscript')) found.push(data);
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const words = element.getAttribute(name);
      if (words && !words.startsWith('⟦')) found.push(words);
    }
  }
  return found;
}"""


def test_spanish_where_the_browser_speaks_it(open_page: OpenPage) -> None:
    page = open_page(locale="es-MX")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page).to_have_title(catalogue("es")["page.title"])
    choose(page, cough_file())
    page.get_by_role("button", name="Enviar a diagnosticar").click()
    answer = answered(page)
    expect(answer.get_by_role("heading", level=3)).to_have_text("Diagnóstico")
    expect(answer.locator(".diagnosis code")).to_have_text(re.compile("sick"))
    expect(answer.locator(".ends")).to_contain_text("enfermo")


def test_english_where_it_speaks_neither(open_page: OpenPage) -> None:
    page = open_page(locale="fi-FI")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_switch_changes_all_at_once_and_is_remembered(page: Page) -> None:
    choose(page, cough_file())
    send(page)
    answered(page)
    page.get_by_text("Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    english, spanish = catalogue("en"), catalogue("es")
    shown = page.locator("body").inner_text()
    differing = [key for key in english if english[key] != spanish[key] and "{" not in english[key]]
    left = [key for key in differing if len(english[key]) > 12 and english[key] in shown]
    assert left == []
    expect(page.locator(".answer h3")).to_have_text("Diagnóstico")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("radio", name="Español")).to_be_checked()


def test_all_that_is_said_stands_in_the_catalogue(open_page: OpenPage) -> None:
    words = "".join(f'"{key}": "⟦{key}⟧",\n' for key in catalogue("en"))
    page = open_page("/docs")

    def marked(route: Route) -> None:
        body = "export default {" + words + "};"
        route.fulfill(content_type="text/javascript", body=body)

    page.route("**/page/words-en.js", marked)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("⟦page.title⟧")
    assert page.evaluate(_UNMARKED) == []
    choose(page, cough_file())
    page.locator(".job .primary").click()
    answered(page)
    assert page.evaluate(_UNMARKED) == []
