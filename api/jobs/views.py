"""A job as the API shows it, with the headers that go with it."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from shared.job import Job
from shared.store.records import StoredJob

RETRY_AFTER_S = 1

RETRY_AFTER: dict[str, Any] = {
    "schema": {"type": "integer"},
    "description": "Seconds to wait before the next poll; while the job has not ended",
}
LOCATION: dict[str, Any] = {"schema": {"type": "string"}, "description": "The job's URL"}
ETAG: dict[str, Any] = {
    "schema": {"type": "string"},
    "description": "The job's version, which grows with each change of its state",
}


class Links(BaseModel):
    """Where to go from here."""

    self: str = Field(examples=["/v1/jobs/0b3de94b2c134a5f9f1d4c0f1b7a2e55"])


class JobView(Job):
    """A job, as the API shows it."""

    links: Links


def view(job: Job) -> JobView:
    """The job with its links."""
    return JobView.model_construct(**dict(job), links=Links(self=f"/v1/jobs/{job.id}"))


def entity_tag(stored: StoredJob) -> str:
    """The strong ETag of the job as it stands."""
    return f'"{stored.version}"'


def job_response(
    stored: StoredJob, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The job, its `ETag`, and `Retry-After` while it has not ended."""
    body = view(stored.job).model_dump_json(by_alias=True)
    all_headers = {**_headers(stored), **(headers or {})}
    return Response(body, status, all_headers, media_type="application/json")


def unchanged_response(stored: StoredJob) -> Response:
    """`304`: the client has it as it stands."""
    return Response(None, 304, _headers(stored))


def _headers(stored: StoredJob) -> dict[str, str]:
    headers = {"ETag": entity_tag(stored)}
    if not stored.job.status.terminal:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return headers
