"""Every claim of docs/security.md names tests; there are such tests, and those of other guides."""

from __future__ import annotations

import re

from shared.settings import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
RELIABILITY = (REPOSITORY / "docs" / "reliability.md").read_text(encoding="utf-8")
DEFENCES = GUIDE[GUIDE.index("## At the gateway") : GUIDE.index("## What is left")]


def _tests() -> set[str]:
    found: set[str] = set()
    for path in (REPOSITORY / "tests").rglob("test_*.py"):
        found |= set(re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.M))
    return found


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", GUIDE + RELIABILITY))
    assert len(named) > 40
    assert named - _tests() == set()


def test_every_claim_names_a_test() -> None:
    claims = re.split(r"^- ", DEFENCES, flags=re.M)[1:]
    assert len(claims) > 20
    assert [claim for claim in claims if not re.search(r"`test_\w+`", claim)] == []


def test_files_that_are_named_exist() -> None:
    for path in re.findall(r"`(tests/[\w/]+\.py)`", GUIDE):
        assert (REPOSITORY / path).is_file()
    assert (REPOSITORY / "SECURITY.md").is_file()
