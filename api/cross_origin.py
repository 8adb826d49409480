"""Which pages of other sites a browser lets ask us: those on the allow-list (Fetch, CORS)."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from shared.settings import Settings

_METHODS = ("GET", "POST", "DELETE")
_REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "Prefer",
    "X-Request-Id",
)
_RESPONSE_HEADERS = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)


def with_cross_origin(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The app, for the allowed origins; without any, as it is. No cookies: there are none."""
    if not settings.cors_allowed_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_allowed_origins,
        allow_methods=_METHODS,
        allow_headers=_REQUEST_HEADERS,
        expose_headers=_RESPONSE_HEADERS,
    )
