"""Serving the page's files: from memory, and only when the browser has not got them yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from fastapi import FastAPI, HTTPException, Request, Response

from api.entity_tags import known_tags
from shared.settings import Settings

STATIC: Final = Path(__file__).parent / "static"
INDEX: Final = "index.html"

_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Nothing from elsewhere and nothing inline; recordings are played back from blobs in memory.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Cache-Control": "no-cache",  # kept, but asked about: a new release is there at once
    "Content-Security-Policy": _POLICY,
    "Permissions-Policy": "microphone=(self)",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is answered."""

    body: bytes
    headers: dict[str, str]

    @property
    def tag(self) -> str:
        """Its strong ETag."""
        return self.headers["ETag"]


def add_page(app: FastAPI, settings: Settings) -> None:
    """Serve the page at `/` and its files at `/page/{name}`."""
    files = read_files(settings)
    index = files.pop(INDEX)

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page(request: Request) -> Response:
        return _answer(request, index)

    @app.api_route("/page/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    async def page_file(request: Request, name: str) -> Response:
        if name not in files:
            raise HTTPException(404)
        return _answer(request, files[name])


def read_files(settings: Settings) -> dict[str, StaticFile]:
    """All files by name; the index is told the limits that it tells people."""
    files = {}
    for path in sorted(STATIC.iterdir()):
        body = path.read_bytes()
        if path.name == INDEX:
            body = _with_limits(body.decode(), settings).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**_HEADERS, "Content-Type": _MEDIA_TYPES[path.suffix], "ETag": tag}
        files[path.name] = StaticFile(body, headers)
    return files


def _with_limits(html: str, settings: Settings) -> str:
    return Template(html).substitute(
        max_audio_s=f"{settings.max_audio_seconds:g}",
        max_upload_bytes=settings.max_upload_bytes,
        result_ttl_s=settings.result_ttl_s,
    )


def _answer(request: Request, file: StaticFile) -> Response:
    if file.tag in known_tags(request):
        return Response(None, 304, file.headers)
    return Response(file.body, 200, file.headers)
