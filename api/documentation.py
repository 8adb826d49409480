"""The page at /docs, with scripts and styles that we serve ourselves and nothing else may run."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from fastapi_swagger import patch_fastapi

# A key that was typed in is not kept in the browser.
_PARAMETERS = {"tryItOutEnabled": True, "filter": True, "displayRequestDuration": True}


def add_documentation(app: FastAPI) -> None:
    """Serve it."""

    @app.get("/docs", include_in_schema=False)
    async def documentation(request: Request) -> Response:
        page: Response = await swagger_page(request)
        page.headers["Content-Security-Policy"] = _policy(bytes(page.body))
        return page

    patch_fastapi(  # behind ours, with all it refers to
        app, redirect_from_root_to_docs=False, swagger_ui_parameters=_PARAMETERS
    )
    swagger_page = _endpoint(app, "swagger_ui_html")


def _endpoint(app: FastAPI, name: str) -> Any:
    routes = [one for one in app.routes if isinstance(one, APIRoute) and one.name == name]
    return routes[0].endpoint


def _policy(page: bytes) -> str:
    """A Content-Security-Policy (level 3) under which this page works, and little else."""
    inline = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in inline]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
