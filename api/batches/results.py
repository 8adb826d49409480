"""`GET /v1/batches/{id}/results`: all diagnoses at once, as JSON or as a table."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from api.access import OwnerDep
from api.batches.views import FileProblem, FileStatus, problem_of, status_of
from api.context import ContextDep
from api.jobs.views import JobView, view
from api.negotiation import preferred
from api.problems import responses
from shared.bundle import DISCLAIMER
from shared.errors import BatchNotFoundError, StoreUnavailableError
from shared.store.batches import BatchId, StoredBatch

JSON, CSV = "application/json", "text/csv"
COLUMNS = (
    "index",
    "status",
    "job_id",
    "model",
    "diagnosis",
    "score",
    "probability_sick",
    "duration_s",
    "warnings",
    "error",
    "disclaimer",
)
_EXAMPLE = """\
index,status,job_id,model,diagnosis,score,probability_sick,duration_s,warnings,error,disclaimer
0,succeeded,0b3de94b2c134a5f9f1d4c0f1b7a2e55,sick-sounds@2.0.0,sick,0.93,0.93,5.016,too_quiet,,...
1,refused,,,,,,,,unsupported_format,...
"""

router = APIRouter(prefix="/v1/batches", tags=["batches"])


class FileResult(BaseModel):
    """What has become of one file."""

    index: int = Field(ge=0, description="Its place in the request; the first is 0")
    status: FileStatus
    job: JobView | None = Field(description="Null when it was refused or is gone")
    problem: FileProblem | None = Field(description="When it was refused")


class BatchResults(BaseModel):
    """The jobs of a batch, with their diagnoses."""

    id: str = Field(examples=["6a5ee12bba0e4a54a4d1e7ac2f0d2f6c"])
    disclaimer: str
    results: list[FileResult] = Field(description="In the order of the request")


@router.get(
    "/{batch_id}/results",
    operation_id="getBatchResults",
    summary="Get the results of a batch",
    response_model=BatchResults,
    responses={
        200: {
            "description": "Each file's job as it stands; as CSV where `Accept` prefers that. "
            "There, `error` is the code of a job's error or of a refusal, and `warnings` are "
            "separated by spaces.",
            "content": {CSV: {"schema": {"type": "string"}, "example": _EXAMPLE}},
            "headers": {"Vary": {"schema": {"type": "string"}, "description": "`Accept`"}},
        },
        **responses(BatchNotFoundError, StoreUnavailableError),
    },
)
async def get_batch_results(
    batch_id: BatchId,
    context: ContextDep,
    owner: OwnerDep,
    accept: Annotated[str | None, Header(examples=[CSV])] = None,
) -> Response:
    """All diagnoses; those that are not there yet have no result yet.

    Research software, not a medical device: each row says so.
    """
    batch = await context.batches.read(owner, batch_id)
    headers = {"Vary": "Accept"}
    if preferred(accept, (JSON, CSV)) == CSV:
        return Response(_table(batch), headers=headers, media_type=CSV)
    body = BatchResults(
        id=batch.id,
        disclaimer=DISCLAIMER,
        results=[
            FileResult.model_construct(
                index=index,
                status=status_of(item),
                job=None if item.job is None else view(item.job.job),
                problem=problem_of(item),
            )
            for index, item in enumerate(batch.items)
        ],
    )
    return Response(body.model_dump_json(by_alias=True), headers=headers, media_type=JSON)


def _table(batch: StoredBatch) -> str:
    """RFC 4180, with a header line."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for index, item in enumerate(batch.items):
        row: dict[str, Any] = {
            "index": index,
            "status": status_of(item),
            "job_id": item.job_id,
            "disclaimer": DISCLAIMER,
        }
        if item.refusal is not None:
            row["error"] = item.refusal.code
        if item.job is not None:
            row["model"] = item.job.job.model
            if item.job.job.error is not None:
                row["error"] = item.job.job.error.code
            if (result := item.job.job.result) is not None:
                row |= {
                    "diagnosis": result.diagnosis,
                    "score": result.score,
                    "probability_sick": result.probabilities.sick,
                    "duration_s": result.audio.duration_s,
                    "warnings": " ".join(result.warnings),
                    "disclaimer": result.disclaimer,
                }
        writer.writerow(row)
    return text.getvalue()
