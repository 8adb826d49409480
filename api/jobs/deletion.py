"""`DELETE /v1/jobs/{id}`: forget the job."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from api.access import OwnerDep
from api.context import ContextDep
from api.problems import responses
from shared.errors import JobNotFoundError, StoreUnavailableError
from shared.job import JobId

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.delete(
    "/{job_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    operation_id="deleteJob",
    summary="Delete a job",
    response_class=Response,  # no body, and no media type of one
    responses={
        204: {"description": "Job, recording and result are gone"},
        **responses(JobNotFoundError, StoreUnavailableError),
    },
)
async def delete_job(job_id: JobId, context: ContextDep, owner: OwnerDep) -> None:
    """Delete the job, its recording and its result, whatever its state."""
    await context.submissions.delete(owner, job_id)
