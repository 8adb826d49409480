"""Reading recordings, and what is asked for them, from a multipart body.

It is counted as it arrives, and kept in memory only.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.requests import ClientDisconnect

from api import form_options
from api.form_options import read_model, read_options
from api.forms import File, Form, read_form
from shared.audio_format import SNIFF_BYTES, AudioFormat, sniff
from shared.errors import (
    EmptyFileError,
    MalformedMultipartError,
    MissingFileError,
    PayloadTooLargeError,
    RequestError,
    TooManyFilesError,
    UnsupportedFormatError,
)
from shared.job import Options

FIELD = "file"
MAX_BATCH_FILES = 100
_MULTIPART_OVERHEAD = 16 * 1024  # boundaries, part headers and small fields around the file

_RECORDING: dict[str, Any] = {
    "type": "string",
    "format": "binary",
    "description": "A recording: WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF, M4A/MP4 (AAC) or WebM "
    "(Opus). Its first bytes decide the format.",
}


def _body(file: dict[str, Any]) -> dict[str, Any]:
    """The body is parsed here, not by a declared parameter, so that its bytes are counted first."""
    schema = {
        "type": "object",
        "required": [FIELD],
        "properties": {FIELD: file, **form_options.PROPERTIES},
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


REQUEST_BODY = _body(_RECORDING)
BATCH_BODY = _body(
    {"type": "array", "items": _RECORDING, "minItems": 1, "maxItems": MAX_BATCH_FILES}
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A whole recording in one of our formats, and what the form asks for it."""

    data: bytes
    format: AudioFormat
    model: str | None
    options: Options


@dataclass(frozen=True, slots=True)
class BatchUpload:
    """The parts named `file`, to be read one by one, and what the form asks for all of them."""

    files: list[File | str]
    model: str | None
    options: Options


async def read_upload(request: Request, max_bytes: int) -> Upload:
    """Read the form's field `file` and, where they are there, its options.

    Raises:
        PayloadTooLargeError: the file has more than `max_bytes`; the rest is not read.
        MalformedMultipartError: the body is not a well-formed form, or has an option twice.
        MissingFileError, EmptyFileError, UnsupportedFormatError: no recording in it.
        InvalidOptionError, InvalidWebhookUrlError: an option cannot be taken.
    """
    too_many = MalformedMultipartError("A job has one file")
    form = await _read_form(request, max_bytes + _MULTIPART_OVERHEAD, max_bytes, 1, too_many)
    data, audio_format = read_recording(next(iter(form.all(FIELD)), None), max_bytes)
    return Upload(data, audio_format, read_model(form), read_options(form))


async def read_batch(request: Request, max_bytes: int) -> BatchUpload:
    """Read the form's fields `file` and its options.

    Raises:
        PayloadTooLargeError: the body has more than `max_bytes`; the rest is not read.
        MalformedMultipartError: the body is not a well-formed form, or has an option twice.
        MissingFileError, TooManyFilesError: no file in it, or more than 100.
        InvalidOptionError, InvalidWebhookUrlError: an option cannot be taken.
    """
    too_many = TooManyFilesError(f"A batch may have {MAX_BATCH_FILES} files")
    form = await _read_form(request, max_bytes, max_bytes, MAX_BATCH_FILES, too_many)
    files = form.all(FIELD)
    if not any(isinstance(file, File) for file in files):
        raise MissingFileError("The form has no file in a field 'file'")
    return BatchUpload(files, read_model(form), read_options(form))


def read_recording(file: File | str | None, max_bytes: int) -> tuple[bytes, AudioFormat]:
    """One part's bytes and format.

    Raises:
        MissingFileError: there is no part, or it is text.
        PayloadTooLargeError, EmptyFileError, UnsupportedFormatError: it is no recording for us.
    """
    if not isinstance(file, File):
        raise MissingFileError("The form has no file in its field 'file'")
    data = file.content
    if len(data) > max_bytes:
        raise PayloadTooLargeError(f"A recording may have {max_bytes} bytes")
    if not data:
        raise EmptyFileError("The file has no bytes")
    audio_format = sniff(data[:SNIFF_BYTES])
    if audio_format is None:
        raise UnsupportedFormatError(
            "The first bytes are not of WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF, M4A or WebM"
        )
    return data, audio_format


async def _read_form(
    request: Request, limit: int, told: int, max_files: int, too_many: RequestError
) -> Form:
    """The form, of `limit` bytes at most; `told` is what the sender may have sent."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise MissingFileError("Send multipart/form-data with the recording in the field 'file'")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(told)
    try:
        return await read_form(content_type, _counted(request, limit, told), max_files, too_many)
    except ClientDisconnect as error:
        raise MalformedMultipartError("The body ended too early") from error


async def _counted(request: Request, limit: int, told: int) -> AsyncGenerator[bytes, None]:
    """The body as it arrives, whatever Content-Length said."""
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise _too_large(told)
        yield chunk


def _too_large(told: int) -> PayloadTooLargeError:
    return PayloadTooLargeError(f"It may have {told} bytes")
