"""`GET /v1/jobs/{id}`: the job as it stands."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.access import OwnerDep
from api.context import ContextDep
from api.jobs.views import ETAG, RETRY_AFTER, JobView, job_response
from api.problems import responses
from shared.errors import JobNotFoundError, StoreUnavailableError
from shared.job import JobId

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get(
    "/{job_id}",
    operation_id="getJob",
    summary="Poll a job",
    response_model=JobView,
    responses={
        200: {
            "description": "The job as it stands",
            "headers": {"ETag": ETAG, "Retry-After": RETRY_AFTER},
        },
        **responses(JobNotFoundError, StoreUnavailableError),
    },
)
async def get_job(job_id: JobId, context: ContextDep, owner: OwnerDep) -> Response:
    """The job. `result` is there when it succeeded, `error` when it failed.

    Research software, not a medical device: `sick` means "this sounds like the coughs and sneezes
    labelled sick in the training data".
    """
    return job_response(await context.submissions.read(owner, job_id))
