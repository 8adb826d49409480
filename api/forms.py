"""`multipart/form-data` (RFC 7578) from the bytes of a request, as they arrive, into memory.

The parser is that of the package multipart, which finds a boundary, and a header's end, by one
search each. Starlette's form writes each part into a temporary file, which is read again.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import Final

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from shared.errors import MalformedMultipartError, RequestError

_MAX_FIELDS: Final = 16
_MAX_FIELD_BYTES: Final = 16 * 1024
_CHARSET: Final = "latin-1"  # of headers, until it is known better: it has every byte

# Unquoted, too, with what RFC 2046 would have in quotes: there are clients that send it so.
_BOUNDARY: Final = re.compile(r';\s*boundary=(?:"([^"]+)"|([^;"\s]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """The content of a part with a file name, which itself is not kept: nobody needs it."""

    content: bytes


@dataclass(slots=True)
class Form:
    """The parts by their names, each name's in the order in which they came."""

    parts: dict[str, list[File | str]] = field(default_factory=dict)

    def all(self, name: str) -> list[File | str]:
        """Those of one name."""
        return self.parts.get(name, [])


async def read_form(
    content_type: str, body: AsyncIterable[bytes], max_files: int, too_many: RequestError
) -> Form:
    """Parse a form while it arrives.

    Args:
        content_type: the request's, with the boundary.
        body: its bytes in pieces of any size. Who gives them bounds their number.
        max_files: of the form.
        too_many: what it is to have more.

    Raises:
        MalformedMultipartError: it is not well-formed, or has more or longer fields than we read.
        RequestError: `too_many`.
    """
    boundary = _BOUNDARY.search(content_type)
    if not boundary:
        raise MalformedMultipartError("The Content-Type has no boundary")
    reader = _Reader(max_files, too_many)
    try:
        its = (boundary[1] or boundary[2]).encode(_CHARSET)
        with PushMultipartParser(its, header_charset=_CHARSET) as parser:
            async for piece in body:
                if piece:  # to the parser, none is the end
                    for event in parser.parse(piece):
                        reader.take(event)
    except MultipartError as error:
        raise MalformedMultipartError("It cannot be parsed as multipart/form-data") from error
    return reader.form


class _Reader:
    """Makes a form of what the parser tells: a part's head, pieces of it, None at its end."""

    def __init__(self, max_files: int, too_many: RequestError) -> None:
        self.form = Form()
        self._files_left = max_files
        self._too_many = too_many
        self._fields_left = _MAX_FIELDS
        self._name = ""
        self._is_file = False
        self._size = 0
        self._pieces: list[bytes] = []

    def take(self, event: MultipartSegment | bytes | None) -> None:
        """The next one."""
        if event is None:
            self._end()
        elif isinstance(event, MultipartSegment):
            self._begin(event)
        else:
            self._size += len(event)
            if not self._is_file and self._size > _MAX_FIELD_BYTES:
                raise MalformedMultipartError(f"A field may have {_MAX_FIELD_BYTES} bytes")
            self._pieces.append(event)

    def _begin(self, part: MultipartSegment) -> None:
        name = part.name or ""  # as it is where there is none, too
        if not name and "name" not in parse_options_header(part["Content-Disposition"])[1]:
            raise MalformedMultipartError("A part's Content-Disposition has no name")
        self._name = _text(name.encode(_CHARSET))
        self._size = 0
        self._is_file = part.filename is not None
        if self._is_file:
            self._files_left -= 1
            if self._files_left < 0:
                raise self._too_many
        else:
            self._fields_left -= 1
            if self._fields_left < 0:
                raise MalformedMultipartError(f"A form may have {_MAX_FIELDS} fields")

    def _end(self) -> None:
        content = b"".join(self._pieces)
        self._pieces = []
        part = File(content) if self._is_file else _text(content)
        self.form.parts.setdefault(self._name, []).append(part)


def _text(value: bytes) -> str:
    """Whatever it is, for us to compare with what we know: UTF-8 (RFC 7578, 5.1.2), or bytes."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode(_CHARSET)
