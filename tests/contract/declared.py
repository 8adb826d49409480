"""Whether an answer is one that the document declares: status, media type, body, headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_schema_validator import OAS31Validator

from tests.contract.answers import Answer

Json = dict[str, Any]

# What every answer may carry: HTTP's own, those of api/answer_headers.py, and the request's id.
_EVERYWHERE = {
    "cache-control",
    "connection",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-resource-policy",
    "date",
    "referrer-policy",
    "transfer-encoding",
    "x-content-type-options",
    "x-request-id",
}


def undeclared(document: Json, answer: Answer) -> list[str]:
    """What the document does not say of it."""
    return [f"{answer.operation}, {answer.name}: {text}" for text in _undeclared(document, answer)]


def operation_of(document: Json, operation_id: str) -> Json:
    """The operation of that id."""
    for path in document["paths"].values():
        for operation in path.values():
            if operation["operationId"] == operation_id:
                found: Json = operation
                return found
    raise KeyError(operation_id)


def errors_of(document: Json, schema: Json, value: Any) -> list[str]:
    """Where a value does not fit a schema of the document."""
    validator = OAS31Validator(
        {**schema, "components": document["components"]},
        format_checker=OAS31Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def _undeclared(document: Json, answer: Answer) -> Iterator[str]:
    response = answer.response
    responses = operation_of(document, answer.operation)["responses"]
    if str(response.status_code) not in responses:
        yield f"status {response.status_code}"
        return
    declared = responses[str(response.status_code)]
    headers = {name.lower() for name in declared.get("headers", {})}
    for name in set(response.headers) - headers - _EVERYWHERE:
        yield f"{response.status_code}, header {name}"
    content = declared.get("content", {})
    if not content and not response.content:
        return
    if answer.media_type not in content:
        yield f"{response.status_code}, media type {answer.media_type or '(none)'}"
    elif answer.media_type.endswith("json"):
        yield from errors_of(document, content[answer.media_type]["schema"], response.json())
