"""Who asks: `Authorization: Bearer cough_<id>_<secret>`. Each sees their own jobs only."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from api.answer_headers import add_header
from api.context import context_of
from api.problems import responses
from shared.errors import RateLimitedError, StoreUnavailableError, UnauthorizedError
from shared.job import ANONYMOUS, Owner
from shared.store.access import Quota
from shared.store.api_keys import parse_key

_POLICY: Final = '"per-key"'
_LIMIT_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": "The key's limit (draft-ietf-httpapi-ratelimit-headers)",
        "example": f"{_POLICY};q=600;w=60",
    },
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "`r`: so many requests more now; after `t` seconds, one more",
        "example": f"{_POLICY};r=599;t=1",
    },
}


class _ApiKey(SecurityBase):
    """The security scheme, as the document has it, and the dependency that asks for it."""

    scheme_name = "apiKey"
    model = HTTPBearer(
        bearerFormat="cough_<id>_<secret>",
        description="An API key. Where the service is open, for development, none is needed.",
    )

    async def __call__(self, request: Request) -> Owner:
        """Whoever the key belongs to.

        Raises:
            UnauthorizedError: there is none where one is needed, or it is not valid.
            RateLimitedError: the key has sent too many.
        """
        context = context_of(request)
        header = request.headers.get("authorization")
        if header is None:
            if context.settings.production:
                raise UnauthorizedError("Send an API key as 'Authorization: Bearer cough_...'")
            return ANONYMOUS
        scheme, _separator, value = header.partition(" ")
        key = parse_key(value.strip(" ")) if scheme.lower() == "bearer" else None
        admission = await context.access.admit(*key) if key else None
        if key is None or admission is None:
            raise UnauthorizedError("This API key is unknown, wrong or revoked", presented=True)
        if admission.quota:
            _tell(request, admission.quota)
            if not admission.through:
                wait_s = admission.quota.wait_s
                raise RateLimitedError(
                    f"This key may send {admission.quota.per_minute} requests a minute",
                    retry_after=wait_s,
                )
        return Owner(key[0])


owner_of: Final = _ApiKey()
NEEDS_KEY: Final = Security(owner_of)
"""For a router whose answers are the same for all who may ask."""

OwnerDep = Annotated[Owner, NEEDS_KEY]


def _tell(request: Request, quota: Quota) -> None:
    add_header(request.scope, "ratelimit-policy", f"{_POLICY};q={quota.per_minute};w=60")
    add_header(request.scope, "ratelimit", f"{_POLICY};r={quota.left};t={quota.wait_s}")


def declare_access(document: dict[str, Any], *, key_required: bool) -> None:
    """Let the OpenAPI document say of each operation that takes a key what may come of that."""
    document["components"]["headers"] = _LIMIT_HEADERS
    limits = {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMIT_HEADERS}
    problems = responses(UnauthorizedError, RateLimitedError, StoreUnavailableError)
    for path in document["paths"].values():
        for operation in path.values():
            if "security" not in operation:
                continue
            if not key_required:
                operation["security"].insert(0, {})
            answers = operation["responses"]
            for status, answer in problems.items():
                answers.setdefault(str(status), answer)
            for status, answer in answers.items():
                if status != "401":
                    answer["headers"] = answer.get("headers", {}) | limits
            operation["responses"] = dict(sorted(answers.items()))
