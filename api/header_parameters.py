"""Headers that an endpoint reads by itself, as the OpenAPI document has them.

FastAPI would solve a dependency for each, in each request; and a request may have several of one.
"""

from __future__ import annotations

from typing import Any


def header_parameter(
    name: str, description: str, example: str, schema: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An optional header, for `openapi_extra={"parameters": [...]}`."""
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", **(schema or {}), "examples": [example]},
    }
