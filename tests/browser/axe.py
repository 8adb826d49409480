"""axe-core, which finds what keeps people from using a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

_AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags });
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${rule.help}: ${node.html}: ${node.failureSummary}`));
}"""


def violations(page: Page) -> list[str]:
    """Each element at fault and its rule; or the test is skipped."""
    if not _AXE.is_file():
        pytest.skip("needs axe-core: npm ci --prefix tests/browser")
    page.evaluate(_AXE.read_text())
    found: list[str] = page.evaluate(_RUN, _STANDARDS)
    return found
