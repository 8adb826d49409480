"""Every error as a problem document: RFC 9457, `application/problem+json`, with a stable code."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPMethod, HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from shared.errors import (
    InvalidRequestError,
    PayloadTooLargeError,
    RequestTimeoutError,
    ScreeningError,
    TryLaterError,
    UnauthorizedError,
    UploadsFullError,
)

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)


class Problem(BaseModel):
    """RFC 9457 problem details with a stable `code`."""

    type: str = Field(
        description="A URI for the kind of problem", examples=["urn:cough:empty_file"]
    )
    title: str = Field(description="The kind of problem, for people")
    status: int = Field(description="The HTTP status", examples=[422])
    detail: str = Field(description="What happened this time, for people")
    code: str = Field(description="The kind of problem, for programs", examples=["empty_file"])
    models: list[str] = Field(
        default=[], description="With `unknown_model` alone: what may be asked for"
    )


def problem_response(
    status: int,
    code: str,
    title: str,
    detail: str,
    headers: dict[str, str] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """One problem as a response; `extensions` are members that only its kind has."""
    problem = Problem(
        type=f"urn:cough:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        **(extensions or {}),
    )
    body = problem.model_dump(exclude_unset=True)
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def responses(*errors: type[ScreeningError]) -> dict[int | str, dict[str, Any]]:
    """What an operation declares in the OpenAPI document: its errors, by status."""
    declared: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = declared.setdefault(
            error.status,
            {
                "description": "",
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "examples": {},
                    }
                },
            },
        )
        examples = entry["content"][MEDIA_TYPE]["examples"]
        examples[error.code] = {"$ref": f"#/components/examples/{error.code}"}
        separator = "; " if entry["description"] else ""
        entry["description"] += f"{separator}{error.title} (`{error.code}`)"
        if issubclass(error, UnauthorizedError):
            entry["headers"] = {
                "WWW-Authenticate": {"schema": {"type": "string"}, "description": "RFC 6750, 3"}
            }
        if issubclass(error, TryLaterError):
            entry["headers"] = {
                "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}
            }
    return declared


def add_problem_handlers(app: FastAPI) -> None:
    """Turn every exception that leaves an endpoint into a problem."""

    @app.exception_handler(ScreeningError)
    async def screening_error(_: Request, error: ScreeningError) -> JSONResponse:
        headers = {}
        if isinstance(error, TryLaterError):
            headers["Retry-After"] = str(error.retry_after)
        if isinstance(error, UnauthorizedError):
            headers["WWW-Authenticate"] = error.challenge
        if isinstance(error, PayloadTooLargeError | RequestTimeoutError | UploadsFullError):
            headers["Connection"] = "close"  # the rest of the body is not read
        return problem_response(
            error.status, error.code, error.title, error.detail, headers, error.extensions
        )

    @app.exception_handler(RequestValidationError)
    async def validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        places = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        kind = InvalidRequestError
        return problem_response(kind.status, kind.code, kind.title, f"In: {places}")

    @app.exception_handler(HTTPException)
    async def http_exception(request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        code = phrase.lower().replace(" ", "_").replace("-", "_")
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods(request))  # theirs names those of one route
        return problem_response(error.status_code, code, phrase, str(error.detail), headers)

    @app.exception_handler(Exception)
    async def unexpected(_: Request, _error: Exception) -> JSONResponse:
        return problem_response(
            500, "internal_error", "Something failed on our side", "It has been logged"
        )


def _methods(request: Request) -> list[str]:
    """What may be done with what the request's path names."""

    def answered(method: HTTPMethod) -> bool:
        scope = {**request.scope, "method": method.value}
        return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)

    return [method.value for method in HTTPMethod if answered(method)]
