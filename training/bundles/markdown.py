"""Pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def one_line(text: str) -> str:
    """The text without line breaks."""
    return " ".join(text.split())


def sentence(text: str) -> str:
    """The text on one line, with a full stop."""
    line = one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def bullets(lines: Iterable[str]) -> str:
    """A list, one line each."""
    return "\n".join(f"- {one_line(line)}" for line in lines)


def warning(text: str) -> str:
    """A line that nobody overlooks."""
    return f"> **{one_line(text)}**"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what a cell holds cannot break it."""
    lines = [list(heading), ["---"] * len(heading), *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
