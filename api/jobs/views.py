"""A job as the API shows it, with the headers that go with it."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from shared.job import Job, JobStatus
from shared.store.records import StoredJob

RETRY_AFTER_S = 1

JOB_LINKS: dict[str, Any] = {
    operation: {"operationId": operation, "parameters": {"job_id": "$response.body#/id"}}
    for operation in (
        "getJob",
        "followJob",
        "cancelJob",
        "deleteJob",
        "listDeliveries",
        "getSpectrogram",
        "getExplanation",
    )
}

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

    self: str = Field(description="The job")
    events: str = Field(description="Its changes as they happen")
    deliveries: str = Field(description="How its webhook was told, if it has one")
    cancel: str | None = Field(description="`POST` here cancels it; null once it has ended")
    spectrogram: str | None = Field(
        description="The sound, drawn; null where pictures were not asked for, and before it "
        "succeeded"
    )
    explanation: str | None = Field(description="What its diagnosis rests on, drawn; null likewise")


class JobView(Job):
    """A job, as the API shows it. Research software, not a medical device."""

    links: Links


def view(stored: StoredJob) -> JobView:
    """The job with its links."""
    job, path = stored.job, f"/v1/jobs/{stored.job.id}"
    drawn = stored.pictures and job.status is JobStatus.SUCCEEDED
    links = Links.model_construct(
        self=path,
        events=f"{path}/events",
        deliveries=f"{path}/deliveries",
        cancel=None if job.status.terminal else f"{path}/cancel",
        spectrogram=f"{path}/spectrogram.png" if drawn else None,
        explanation=f"{path}/explanation.png" if drawn else None,
    )
    return JobView.model_construct(**vars(job), links=links)


def entity_tag(stored: StoredJob) -> str:
    """The strong ETag of the job as it stands."""
    return f'"{stored.version}"'


def job_response(
    stored: StoredJob, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The job, its `ETag`, and `Retry-After` while it has not ended."""
    body = view(stored).model_dump_json(by_alias=True)
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
