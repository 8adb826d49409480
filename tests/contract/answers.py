"""An answer of the service, and what of it goes into the document as an example."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

_PROBLEM = "application/problem+json"
_TEXTS = ("text/csv", "text/event-stream")
_PICTURES = ("getSpectrogram", "getExplanation")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answered; `name` says in which case, empty: it is no example."""

    operation: str
    name: str
    response: httpx.Response

    @property
    def media_type(self) -> str:
        """Without parameters; empty: there is no body."""
        return str(self.response.headers.get("content-type", "")).partition(";")[0]


def examples_of(answers: Iterable[Answer]) -> dict[str, Any]:
    """What `api/examples.json` holds: problems by code; bodies by operation, status, media type."""
    problems: dict[str, Any] = {}
    bodies: dict[str, Any] = {}
    for answer in answers:
        if answer.media_type == _PROBLEM:
            problem = answer.response.json()
            problems.setdefault(problem["code"], problem)
        elif answer.name and answer.media_type in ("application/json", *_TEXTS):
            by_status = bodies.setdefault(answer.operation, {})
            by_type = by_status.setdefault(str(answer.response.status_code), {})
            by_type.setdefault(answer.media_type, {})[answer.name] = _body(answer)
    return {"problems": dict(sorted(problems.items())), "answers": dict(sorted(bodies.items()))}


def shape(value: Any) -> Any:
    """Its fields and their types. Of a list, that of its first element; of a text, its lines'."""
    match value:
        case dict():
            return {name: shape(part) for name, part in value.items()}
        case list():
            return [shape(part) for part in value[:1]]
        case bool() | None:
            return value if value is None else "boolean"
        case int() | float():
            return "number"
        case str() if value.startswith("id: "):
            return [_event_shape(event) for event in value.split("\n\n") if event]
        case str() if "\n" in value:
            return [value.splitlines()[0], len(value.splitlines())]
        case _:
            return "text"


def _event_shape(event: str) -> Any:
    fields = dict(line.split(": ", 1) for line in event.splitlines())
    return {**fields, "data": shape(json.loads(fields["data"]))}


def _body(answer: Answer) -> Any:
    if answer.media_type in _TEXTS:
        return answer.response.text
    body = answer.response.json()
    return _short(body) if answer.operation in _PICTURES else body


def _short(value: Any) -> Any:
    """Cut to so few columns and bands that it can be read: whole, it has 77,000 numbers."""
    match value:
        case dict():
            borders = ("times_s", "bands_hz")
            return {
                name: part[:3] if name in borders and part else _short(part)
                for name, part in value.items()
            }
        case list() if value and isinstance(value[0], list) and len(value[0]) > 2:
            return [row[:2] for row in value[:2]]
        case _:
            return value
