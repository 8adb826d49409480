"""Serving the page's files: from memory, and only when the browser has not got them yet."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
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
    "Vary": "Accept-Encoding",
    "Content-Security-Policy": _POLICY,
    "Permissions-Policy": "microphone=(self)",
}
_IMPORT: Final = re.compile(r"^import .*? from './([\w-]+\.js)';$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is answered, plain and compressed: each form has an ETag of its own."""

    plain: tuple[bytes, str]
    gzipped: tuple[bytes, str]
    media_type: str

    def answer(self, request: Request) -> Response:
        """The form that the browser takes; without a body, if it has it."""
        accepted = request.headers.get("accept-encoding", "").replace(" ", "").split(",")
        compressed = "gzip" in accepted
        body, tag = self.gzipped if compressed else self.plain
        headers = {**_HEADERS, "Content-Type": self.media_type, "ETag": tag}
        if compressed:
            headers["Content-Encoding"] = "gzip"
        if tag in known_tags(request):
            return Response(None, 304, headers)
        return Response(body, 200, headers)


def add_page(app: FastAPI, settings: Settings) -> None:
    """Serve the page at `/` and its files at `/page/{name}`."""
    files = read_files(settings)
    index = files.pop(INDEX)

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page(request: Request) -> Response:
        return index.answer(request)

    @app.api_route("/page/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    async def page_file(request: Request, name: str) -> Response:
        if name not in files:
            raise HTTPException(404)
        return files[name].answer(request)


def read_files(settings: Settings) -> dict[str, StaticFile]:
    """All files by name; the index with the limits that it tells people, and what it will need."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(STATIC.iterdir())}
    texts[INDEX] = _completed(texts, settings)
    files = {}
    for name, text in texts.items():
        body = text.encode()
        gzipped = gzip.compress(body, mtime=0)
        media_type = _MEDIA_TYPES[Path(name).suffix]
        files[name] = StaticFile(_tagged(body), _tagged(gzipped), media_type)
    return files


def _completed(texts: Mapping[str, str], settings: Settings) -> str:
    # All at once, where a browser would find each module's imports only when it has read it.
    modules = sorted(_imported("main.js", texts))
    return Template(texts[INDEX]).substitute(
        max_audio_s=f"{settings.max_audio_seconds:g}",
        max_upload_bytes=settings.max_upload_bytes,
        result_ttl_s=settings.result_ttl_s,
        preloads="\n".join(f'<link rel="modulepreload" href="page/{name}">' for name in modules),
    )


def _imported(first: str, texts: Mapping[str, str]) -> set[str]:
    """A module and all that it imports statically, which is what it waits for."""
    found, unread = set(), [first]
    while unread:
        name = unread.pop()
        if name not in found:
            found.add(name)
            unread += _IMPORT.findall(texts[name])
    return found


def _tagged(body: bytes) -> tuple[bytes, str]:
    """With its strong ETag."""
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
