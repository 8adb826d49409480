"""`multipart/form-data` (RFC 7578) from the bytes of a request, as they arrive, into memory.

The parser is python-multipart's, called directly: Starlette's form of it writes each part into a
temporary file, which is read again, and hands every piece to another task.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shared.errors import MalformedMultipartError, RequestError

_MAX_FIELDS: Final = 16
_MAX_FIELD_BYTES: Final = 16 * 1024


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
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise MalformedMultipartError("The Content-Type has no boundary")
    try:
        reader = _Reader(boundary, max_files, too_many)
        async for piece in body:
            reader.parser.write(piece)
        reader.parser.finalize()
    except FormParserError as error:
        raise MalformedMultipartError("It cannot be parsed as multipart/form-data") from error
    if not reader.whole:
        raise MalformedMultipartError("The body ended before its last boundary")
    return reader.form


class _Reader:
    """What the parser calls, in the order of the body."""

    def __init__(self, boundary: bytes, max_files: int, too_many: RequestError) -> None:
        self.form = Form()
        self.whole = False
        self._files_left = max_files
        self._too_many = too_many
        self._fields_left = _MAX_FIELDS
        self._header: tuple[list[bytes], list[bytes]] = ([], [])
        self._disposition = b""
        self._name = ""
        self._is_file = False
        self._size = 0
        self._pieces: list[bytes] = []
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_header_name,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
                "on_part_end": self._on_part,
                "on_end": self._on_end,
            },
        )

    def _begin(self) -> None:
        self._disposition, self._size, self._pieces = b"", 0, []

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].append(data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].append(data[start:end])

    def _on_header(self) -> None:
        name, value = (b"".join(pieces) for pieces in self._header)
        self._header = ([], [])
        if name.lower() == b"content-disposition":
            self._disposition = value

    def _on_headers(self) -> None:
        options = parse_options_header(self._disposition)[1]
        if b"name" not in options:
            raise MalformedMultipartError("A part's Content-Disposition has no name")
        self._name = _text(options[b"name"])
        self._is_file = b"filename" in options
        if self._is_file:
            self._files_left -= 1
            if self._files_left < 0:
                raise self._too_many
        else:
            self._fields_left -= 1
            if self._fields_left < 0:
                raise MalformedMultipartError(f"A form may have {_MAX_FIELDS} fields")

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if not self._is_file and self._size > _MAX_FIELD_BYTES:
            raise MalformedMultipartError(f"A field may have {_MAX_FIELD_BYTES} bytes")
        self._pieces.append(data[start:end])

    def _on_part(self) -> None:
        content = b"".join(self._pieces)
        self._pieces = []
        part = File(content) if self._is_file else _text(content)
        self.form.parts.setdefault(self._name, []).append(part)

    def _on_end(self) -> None:
        self.whole = True


def _text(value: bytes) -> str:
    """Whatever it is, for us to compare with what we know: UTF-8 (RFC 7578, 5.1.2), or bytes."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
