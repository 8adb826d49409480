"""The page's files as text, and the words in them."""

from __future__ import annotations

import re

from api.page.serving import STATIC

LANGUAGES = ("en", "es")
FILES = {path.name: path.read_text("utf-8") for path in sorted(STATIC.iterdir())}
MODULES = {name: text for name, text in FILES.items() if name.endswith(".js")}
CODE = {name: text for name, text in MODULES.items() if not name.startswith("words-")}
INDEX = FILES["index.html"]

_ENTRY = re.compile(
    r"""^  '([^'\n]+)':\s+('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"),$""", re.MULTILINE
)
_COMMENT = re.compile(r"/\*\*.*?\*/|(?<=\s)//[^\n]*", re.DOTALL)
_LITERAL = re.compile(r"""'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`""")


def catalogue(language: str) -> dict[str, str]:
    """The words of a language by key, in the order of the file.

    Raises:
        AssertionError: a line is none of an entry's, or a key is there twice.
    """
    text = MODULES[f"words-{language}.js"]
    entries = _ENTRY.findall(text)
    rest = _COMMENT.sub("", _ENTRY.sub("", text)).split()
    assert rest == ["export", "default", "{", "};"], rest
    assert len(entries) == len({key for key, _ in entries}), "a key is there twice"
    return {key: value[1:-1].replace("\\'", "'") for key, value in entries}


def literals(name: str) -> list[str]:
    """The strings of a module, of template literals the text with its `${...}`."""
    return ["".join(found) for found in _LITERAL.findall(_COMMENT.sub("", MODULES[name]))]


def words_of_index() -> dict[str, str]:
    """What index.html asks of the catalogues: attribute and key of each."""
    found = re.findall(r'(data-words-[a-z-]+)="([^"]+)"', INDEX)
    return {key: attribute for attribute, key in found}


def plain(key: str) -> str:
    """The key that modules use: without the plural's ending."""
    return re.sub(r"\.(one|other)$", "", key)
