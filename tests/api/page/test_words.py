"""Every string that people read is in one catalogue a language, and none is missing."""

from __future__ import annotations

import re
import typing

import pytest

from shared.bundle import Label
from shared.job import JobStatus, WarningCode
from tests.api.page.static_files import (
    CODE,
    INDEX,
    LANGUAGES,
    catalogue,
    literals,
    plain,
    words_of_index,
)

ENGLISH = catalogue("en")
_KEY = re.compile(r"[a-z]+(\.[A-Za-z_ ]+)+")
_ROOMS = {key.split(".")[0] for key in ENGLISH}
# What a string with a blank in it may be, other than words: classes, selectors, queries, headers.
_NO_WORDS = re.compile(
    r"(?:class(?:Name)?: |querySelectorAll?\(|matchMedia\(|startsWith\(|\.font = )['`][^'`]*['`]"
)


def _asked() -> tuple[set[str], list[re.Pattern[str]]]:
    """The keys that modules and index.html name, and those that modules put together."""
    named = set(words_of_index())
    made = []
    for name in CODE:
        for text in literals(name):
            if text.split(".")[0] not in _ROOMS or "." not in text:
                continue
            if "${" in text:
                parts = re.split(r"\$\{[^}]*\}", text)
                made.append(re.compile("[A-Za-z_ ]+".join(map(re.escape, parts))))
            elif _KEY.fullmatch(text):
                named.add(text)
    return named, made


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_missing_in_a_catalogue(language: str) -> None:
    words = catalogue(language)
    assert set(words) == set(ENGLISH)
    assert all(value.strip() for value in words.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_values_to_be_filled_in_are_the_same(language: str) -> None:
    def filled(words: str) -> set[str]:
        return set(re.findall(r"\{\w+\}", words))

    words = catalogue(language)
    assert [key for key in ENGLISH if filled(words[key]) != filled(ENGLISH[key])] == []


def test_every_key_that_is_asked_for_is_there() -> None:
    named, made = _asked()
    there = {plain(key) for key in ENGLISH} | set(ENGLISH)
    assert len(named) > 50
    assert sorted(named - there) == []
    assert [one.pattern for one in made if not any(map(one.fullmatch, there))] == []


def test_every_key_is_asked_for() -> None:
    named, made = _asked()
    unused = [
        key
        for key in ENGLISH
        if key not in named
        and plain(key) not in named
        and not any(one.fullmatch(plain(key)) or one.fullmatch(key) for one in made)
    ]
    assert unused == []


def test_all_that_the_service_may_say_has_words() -> None:
    wanted = [f"state.{status.value}" for status in JobStatus]
    wanted += [f"warning.{code.value}{part}" for code in WarningCode for part in ("", ".advice")]
    wanted += [
        f"answer.{label}{part}" for label in typing.get_args(Label) for part in ("", ".means")
    ]
    assert set(wanted) <= {plain(key) for key in ENGLISH}


def test_the_spanish_answer_is_headed_as_it_has_always_been() -> None:
    assert catalogue("es")["answer.heading"] == "Diagnóstico"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_that_they_are_ill(language: str) -> None:
    forbidden = re.compile(
        r"\b(you (are|have)|you're|you’re|tienes|está[s]? enfermo|estás sano|eres)\b", re.IGNORECASE
    )
    assert [key for key, words in catalogue(language).items() if forbidden.search(words)] == []


def test_index_says_nothing_by_itself() -> None:
    # Where no script runs there is no catalogue: that is said in both languages.
    rest = re.sub(r"<(title|noscript)>.*?</\1>|<!--.*?-->|<[^>]*>|\$preloads", "", INDEX)
    assert rest.strip() == ""
    spoken = re.findall(r'\b(?:alt|aria-label|title|placeholder)="([^"]+)"', INDEX)
    assert spoken == []


@pytest.mark.parametrize("name", CODE)
def test_modules_say_nothing_by_themselves(name: str) -> None:
    text = _NO_WORDS.sub("''", CODE[name])
    strings = re.findall(
        r"'((?:[^'\\\n]|\\.)*)'", re.sub(r"/\*\*.*?\*/|\s//[^\n]*", "", text, flags=re.S)
    )
    sentences = [one for one in strings if re.search(r"[A-Za-z]{2,},? [A-Za-z]{2,}", one)]
    assert sentences == []
    assert not re.search(r"(textContent|innerText|title|ariaLabel) = ['`][A-Za-z]", text)
    assert "innerHTML" not in text
