"""`POST /v1/jobs/{id}/cancel`: the diagnosis is not wanted any more."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from api.access import OwnerDep
from api.context import ContextDep
from api.jobs.views import ETAG, RETRY_AFTER, JobView, job_response
from api.problems import responses
from api.waiting import has_ended
from shared.errors import JobEndedError, JobNotFoundError, StoreUnavailableError
from shared.job import JobId

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.post(
    "/{job_id}/cancel",
    operation_id="cancelJob",
    summary="Cancel a job",
    response_model=JobView,
    responses={
        200: {"description": "It is canceled", "headers": {"ETag": ETAG}},
        202: {
            "description": "It is running, and will end as canceled at its next step",
            "model": JobView,
            "headers": {"ETag": ETAG, "Retry-After": RETRY_AFTER},
        },
        **responses(JobNotFoundError, JobEndedError, StoreUnavailableError),
    },
)
async def cancel_job(job_id: JobId, context: ContextDep, owner: OwnerDep) -> Response:
    """End the job without a diagnosis, and delete its recording. The job itself stays."""
    await context.submissions.cancel(owner, job_id)
    stored = await context.submissions.read(owner, job_id)
    code = status.HTTP_200_OK if has_ended(stored) else status.HTTP_202_ACCEPTED
    return job_response(stored, code)
