"""What would break a client, between two OpenAPI documents of the same service.

Breaking is what a client built on the old document may stumble over: an operation, parameter,
field, status, header or media type that is gone, a name that generated code is called by, something
newly required of it, a narrower input, a wider output. Added fields, statuses and values of an
output's enumeration are not: docs/api.md asks clients to bear them.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

Json = dict[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


class Way(Enum):
    """Who writes what a schema describes."""

    INPUT = "input"
    OUTPUT = "output"


def breaking_changes(old: Json, new: Json) -> list[str]:
    """One line for each; none: clients of `old` go on with `new`."""
    return list(_Comparison(old, new).documents())


def declared(old: Json, new: Json) -> bool:
    """Whether the new document says that it breaks clients: by the first number of its version."""
    return _major(new) > _major(old)


def _major(document: Json) -> int:
    return int(document["info"]["version"].partition(".")[0])


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self._old = old
        self._new = new

    def documents(self) -> Iterator[str]:
        for path, methods in self._old["paths"].items():
            for method, old in methods.items():
                place = f"{method.upper()} {path}"
                new = self._new["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{place}: gone"
                else:
                    yield from self._operations(place, old, new)

    def _operations(self, place: str, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{place}: another operationId"
        if {} in old.get("security", [{}]) and {} not in new.get("security", [{}]):
            yield f"{place}: a key is required"
        yield from self._parameters(place, old, new)
        yield from self._bodies(place, old.get("requestBody"), new.get("requestBody"))
        for status, answer in old["responses"].items():
            here = f"{place} {status}"
            if status not in new["responses"]:
                yield f"{here}: gone"
                continue
            there = new["responses"][status]
            for header in answer.get("headers", {}):
                if header not in there.get("headers", {}):
                    yield f"{here}, header {header}: gone"
            yield from self._contents(here, answer, there, Way.OUTPUT)

    def _parameters(self, place: str, old: Json, new: Json) -> Iterator[str]:
        ours, theirs = (
            {(one["in"], one["name"].lower()): one for one in side.get("parameters", [])}
            for side in (old, new)
        )
        for key, parameter in theirs.items():
            if parameter.get("required") and not ours.get(key, {}).get("required"):
                yield f"{place}, {key[0]} {key[1]}: required"
        for key, parameter in ours.items():
            here = f"{place}, {key[0]} {key[1]}"
            if key not in theirs:
                yield f"{here}: gone"
            else:
                schemas = parameter["schema"], theirs[key]["schema"]
                yield from self._schemas(here, *schemas, Way.INPUT)

    def _bodies(self, place: str, old: Json | None, new: Json | None) -> Iterator[str]:
        here = f"{place}, body"
        if new and new.get("required") and not (old and old.get("required")):
            yield f"{here}: required"
        if old and not new:
            yield f"{here}: gone"
        elif old and new:
            yield from self._contents(here, old, new, Way.INPUT)

    def _contents(self, place: str, old: Json, new: Json, way: Way) -> Iterator[str]:
        for media_type, content in old.get("content", {}).items():
            here = f"{place} {media_type}"
            if media_type not in new.get("content", {}):
                yield f"{here}: gone"
            else:
                schemas = content["schema"], new["content"][media_type]["schema"]
                yield from self._schemas(here, *schemas, way)

    def _schemas(self, place: str, old: Json, new: Json, way: Way) -> Iterator[str]:
        ours, theirs = _branches(self._old, old), _branches(self._new, new)
        narrow, wide = (theirs, ours) if way is Way.OUTPUT else (ours, theirs)
        for kind in narrow.keys() - wide.keys():
            # An integer is a number; what has no type may be anything.
            if "any" in wide or (kind == "integer" and "number" in wide):
                continue
            yield f"{place}: {kind} {'may come' if way is Way.OUTPUT else 'is not taken any more'}"
        for kind in ours.keys() & theirs.keys():
            yield from self._kinds(place, ours[kind], theirs[kind], way)

    def _kinds(self, place: str, old: Json, new: Json, way: Way) -> Iterator[str]:
        """Two schemas of one type."""
        if old.get("format") != new.get("format"):
            yield f"{place}: another format"
        if way is Way.INPUT:
            yield from _narrower(place, old, new)
        demanded, given = (new, old) if way is Way.INPUT else (old, new)
        for name in set(demanded.get("required", [])) - set(given.get("required", [])):
            # A field that is gone is told of below.
            if way is Way.INPUT or name in new.get("properties", {}):
                yield f"{place}.{name}: {'required' if way is Way.INPUT else 'may be missing'}"
        for name, schema in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{place}.{name}: gone"
            else:
                yield from self._schemas(f"{place}.{name}", schema, new["properties"][name], way)
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), dict):
                other = new.get(part)
                other = other if isinstance(other, dict) else {}
                yield from self._schemas(f"{place}[]", old[part], other, way)
        ours, theirs = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(ours) != len(theirs):
            yield f"{place}: another number of items"
        for index, pair in enumerate(zip(ours, theirs, strict=False)):
            yield from self._schemas(f"{place}[{index}]", *pair, way)


def _branches(document: Json, schema: Json) -> dict[str, Json]:
    """What a schema allows, by JSON type; `any`: it says nothing of the type."""
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        schema = document["components"]["schemas"][name]
    found: dict[str, Json] = {}
    for choice in schema.get("anyOf", []) + schema.get("oneOf", []):
        found |= _branches(document, choice)
    if found:
        return found
    kinds = schema.get("type", "any")
    return dict.fromkeys(kinds if isinstance(kinds, list) else [kinds], schema)


def _values(schema: Json) -> set[str] | None:
    """The enumeration, if it is one."""
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(value) for value in schema["enum"]} if "enum" in schema else None


def _narrower(place: str, old: Json, new: Json) -> Iterator[str]:
    """What could be sent, and cannot be any more."""
    values, left = _values(old), _values(new)
    if left is not None and (values is None or values - left):
        yield f"{place}: fewer values"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{place}: another pattern"
    for bound in _LOWER:
        if bound in new and (bound not in old or new[bound] > old[bound]):
            yield f"{place}: {bound} is {new[bound]}"
    for bound in _UPPER:
        if bound in new and (bound not in old or new[bound] < old[bound]):
            yield f"{place}: {bound} is {new[bound]}"
