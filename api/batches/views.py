"""A batch as the API shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from shared.store.batches import Item, StoredBatch

BATCH_LINKS: dict[str, Any] = {
    operation: {"operationId": operation, "parameters": {"batch_id": "$response.body#/id"}}
    for operation in ("getBatch", "getBatchResults")
} | {
    "getJob": {
        "operationId": "getJob",
        "parameters": {"job_id": "$response.body#/files/0/job_id"},
        "description": "And the other files' jobs; null where a file was refused",
    }
}


class FileStatus(StrEnum):
    """What has become of a file: its job's status, or one of two others."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    REFUSED = "refused"  # it became no job
    GONE = "gone"  # its job was deleted or has expired


class FileProblem(BaseModel):
    """Why a file was refused: what `POST /v1/jobs` would have answered to it."""

    type: str = Field(examples=["urn:cough:unsupported_format"])
    title: str
    status: int = Field(description="The HTTP status", examples=[415])
    detail: str
    code: str = Field(description="Stable, for programs", examples=["unsupported_format"])


class FileView(BaseModel):
    """One file of a batch."""

    index: int = Field(ge=0, description="Its place in the request; the first is 0")
    status: FileStatus
    job_id: str | None = Field(
        description="Null when it was refused", examples=["0b3de94b2c134a5f9f1d4c0f1b7a2e55"]
    )
    problem: FileProblem | None = Field(description="When it was refused")


class BatchLinks(BaseModel):
    """Where to go from here."""

    self: str = Field(examples=["/v1/batches/6a5ee12bba0e4a54a4d1e7ac2f0d2f6c"])
    results: str = Field(examples=["/v1/batches/6a5ee12bba0e4a54a4d1e7ac2f0d2f6c/results"])


class BatchView(BaseModel):
    """Several recordings that were sent in one request."""

    id: str = Field(examples=["6a5ee12bba0e4a54a4d1e7ac2f0d2f6c"])
    created_at: datetime
    ended: bool = Field(description="Whether nothing can change any more")
    counts: dict[FileStatus, int] = Field(description="Files by status; every status is there")
    files: list[FileView] = Field(description="In the order of the request")
    links: BatchLinks


def batch_view(batch: StoredBatch) -> BatchView:
    """The batch with its counts and links."""
    statuses = Counter(status_of(item) for item in batch.items)
    path = f"/v1/batches/{batch.id}"
    return BatchView(
        id=batch.id,
        created_at=batch.created_at,
        ended=not (statuses[FileStatus.QUEUED] or statuses[FileStatus.RUNNING]),
        counts={status: statuses[status] for status in FileStatus},
        files=[
            FileView(
                index=index, status=status_of(item), job_id=item.job_id, problem=problem_of(item)
            )
            for index, item in enumerate(batch.items)
        ],
        links=BatchLinks(self=path, results=f"{path}/results"),
    )


def status_of(item: Item) -> FileStatus:
    """What has become of the file."""
    if item.refusal is not None:
        return FileStatus.REFUSED
    return FileStatus.GONE if item.job is None else FileStatus(item.job.job.status)


def problem_of(item: Item) -> FileProblem | None:
    """Why the file was refused, if it was."""
    if item.refusal is None:
        return None
    return FileProblem(type=f"urn:cough:{item.refusal.code}", **asdict(item.refusal))
