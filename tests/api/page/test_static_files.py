"""What the page's files promise, read as text."""

from __future__ import annotations

import re

import pytest

from api.page.serving import read_files
from shared.settings import Settings
from tests.api.page.static_files import FILES, INDEX, MODULES

_ELSEWHERE = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", re.IGNORECASE)
_NAMESPACE = "http://www.w3.org/2000/svg"


def test_all_of_it_together_is_small_as_it_is_sent() -> None:
    sent = [len(file.gzipped[0]) for file in read_files(Settings()).values()]
    assert sum(sent) < 60_000


@pytest.mark.parametrize("name", FILES)
def test_each_is_one_thing(name: str) -> None:
    assert len(FILES[name].splitlines()) <= 400


@pytest.mark.parametrize("name", FILES)
def test_none_names_another_host(name: str) -> None:
    assert _ELSEWHERE.findall(FILES[name].replace(_NAMESPACE, "")) == []


def test_nothing_is_inline() -> None:
    assert re.findall(r"<script(?![^>]*\bsrc=)", INDEX) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", INDEX) == []


@pytest.mark.parametrize("name", MODULES)
def test_modules_import_what_is_there(name: str) -> None:
    imported = re.findall(r"""from '([^']+)'|import\('([^']+)'\)""", MODULES[name])
    for path in map("".join, imported):
        assert path.removeprefix("./") in MODULES, path


def test_index_refers_to_what_is_there() -> None:
    names = re.findall(r'(?:src|href)="page/([^"]+)"', INDEX)
    assert len(names) >= 4
    assert set(names) <= set(FILES)
