"""Reading one recording, and what is asked for it, from a multipart body.

It is counted as it arrives, and kept in memory only.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from api import form_options
from api.form_options import read_model, read_options
from shared.audio_format import SNIFF_BYTES, AudioFormat, sniff
from shared.errors import (
    EmptyFileError,
    MalformedMultipartError,
    MissingFileError,
    PayloadTooLargeError,
    UnsupportedFormatError,
)
from shared.job import Options

FIELD = "file"
_MULTIPART_OVERHEAD = 16 * 1024  # boundaries, part headers and small fields around the file
_MAX_FIELDS = 16

# The body is parsed here, not by a declared parameter, so that its bytes are counted first.
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {
                    FIELD: {
                        "type": "string",
                        "format": "binary",
                        "description": "A recording: WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF, "
                        "M4A/MP4 (AAC) or WebM (Opus). Its first bytes decide the format.",
                    },
                    **form_options.PROPERTIES,
                },
            }
        }
    },
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A whole recording in one of our formats, and what the form asks for it."""

    data: bytes
    format: AudioFormat
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
    form = await _read_form(request, max_bytes)
    file = form.get(FIELD)
    if not isinstance(file, UploadFile):
        raise MissingFileError("The form has no file in its field 'file'")
    data = await file.read()
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    if not data:
        raise EmptyFileError("The file has no bytes")
    audio_format = sniff(data[:SNIFF_BYTES])
    if audio_format is None:
        raise UnsupportedFormatError(
            "The first bytes are not of WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF, M4A or WebM"
        )
    return Upload(data, audio_format, read_model(form), read_options(form))


async def _read_form(request: Request, max_bytes: int) -> FormData:
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise MissingFileError("Send multipart/form-data with the recording in the field 'file'")
    limit = max_bytes + _MULTIPART_OVERHEAD
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(max_bytes)
    parser = MultiPartParser(
        request.headers,
        _counted(request, limit, max_bytes),
        max_files=1,
        max_fields=_MAX_FIELDS,
        max_part_size=_MULTIPART_OVERHEAD,
    )
    parser.spool_max_size = limit  # recordings are never written to the gateway's disk
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise MalformedMultipartError(error.message) from error
    except (LookupError, UnicodeDecodeError) as error:
        raise MalformedMultipartError("A part's headers cannot be read") from error
    except ClientDisconnect as error:
        raise MalformedMultipartError("The body ended too early") from error


async def _counted(request: Request, limit: int, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """The body as it arrives, whatever Content-Length said."""
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise _too_large(max_bytes)
        yield chunk


def _too_large(max_bytes: int) -> PayloadTooLargeError:
    return PayloadTooLargeError(f"A recording may have {max_bytes} bytes")
